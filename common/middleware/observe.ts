import { AsyncLocalStorage } from "node:async_hooks";
import type { MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import { watchClients } from "#common/aws/clients.ts";
import { type LogFields, type LogLevel, log, loggable } from "#common/telemetry/log.ts";
import { flushMetrics } from "#common/telemetry/metrics.ts";
import type { CloseSegment } from "#common/telemetry/tracer.ts";

let coldStart = true;

/** The line that closes an invocation, as it stands. */
type Line = { level: LogLevel; message: string; fields: LogFields };

/**
 * Each invocation's own. A deed that was given up when its time was over goes on when the next event
 * thaws the sandbox, and what it notes then must not stand in the next one's line.
 */
const lines = new AsyncLocalStorage<Line>();

/** Adds to the line that closes this invocation. */
export const note = (more: LogFields): void => {
  Object.assign(lines.getStore()?.fields ?? {}, more);
};

/** Sets the level and the constant message of the line that closes this invocation. */
export const noteOutcome = (level: LogLevel, message: string): void => {
  Object.assign(lines.getStore() ?? {}, { level, message });
};

/** `Root=1-…;Parent=…;Sampled=1` of this invocation, as the runtime leaves it. */
const traceHeader = (): string => process.env._X_AMZN_TRACE_ID ?? "";

const openTrace = async (cold: boolean): Promise<CloseSegment | undefined> => {
  if (!traceHeader().includes("Sampled=1")) return undefined;
  // A file of its own beside the handler: it brings the X-Ray SDK, which an unsampled call does not pay for.
  return (await import("#common/telemetry/tracer.ts")).openSegment(watchClients, cold);
};

/**
 * The outermost middleware of every stack: opens the trace when it is sampled, writes one wide line
 * when the invocation ends, however it ends, and publishes its metrics.
 */
export const observe = (): MiddlewareObj<unknown, unknown, Error, Context> => {
  let startedAt = 0;
  let line: Line | undefined;
  let closeSegment: CloseSegment | undefined;

  const observeBefore = async ({ context }: { context: Context }) => {
    startedAt = performance.now();
    const traceId = /Root=([^;]+)/.exec(traceHeader())?.[1];
    const fields = { requestId: context.awsRequestId, ...(traceId ? { traceId } : {}), coldStart };
    line = { level: "info", message: "invocation ended", fields };
    // Before the first await, so that it holds for whoever called this hook, and for the deed.
    lines.enterWith(line);
    const cold = coldStart;
    coldStart = false;
    closeSegment = await openTrace(cold);
  };

  const finish = async (error?: unknown) => {
    closeSegment?.(error);
    closeSegment = undefined;
    if (line) {
      line.fields.durationMs = Math.round(performance.now() - startedAt);
      log(line.level, line.message, line.fields);
    }
    line = undefined;
    await flushMetrics();
  };

  return {
    before: observeBefore,
    after: async () => finish(),
    onError: async (request) => {
      // Stacks that turn errors into answers have noted theirs; here is what leaves as an error.
      if (request.response === undefined && line?.fields.code === undefined) {
        noteOutcome("error", "invocation failed");
        note({ code: "UNEXPECTED", error: loggable(request.error) });
      }
      await finish(request.error);
    },
  };
};
