import type { MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";
import { watchClients } from "#common/aws/clients.ts";
import { type LogFields, type LogLevel, log, loggable } from "#common/telemetry/log.ts";
import { flushMetrics } from "#common/telemetry/metrics.ts";
import type { CloseSegment } from "#common/telemetry/tracer.ts";

let coldStart = true;

/** The fields of this invocation's one line; made anew for each, so nothing leaks into the next. */
let fields: LogFields = {};
let closing: { level: LogLevel; message: string } = { level: "info", message: "invocation ended" };

/** Adds to the line that closes this invocation. */
export const note = (more: LogFields): void => {
  Object.assign(fields, more);
};

/** Sets the level and the constant message of the line that closes this invocation. */
export const noteOutcome = (level: LogLevel, message: string): void => {
  closing = { level, message };
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
  let closeSegment: CloseSegment | undefined;

  const observeBefore = async ({ context }: { context: Context }) => {
    startedAt = performance.now();
    const traceId = /Root=([^;]+)/.exec(traceHeader())?.[1];
    fields = { requestId: context.awsRequestId, ...(traceId ? { traceId } : {}), coldStart };
    closing = { level: "info", message: "invocation ended" };
    const cold = coldStart;
    coldStart = false;
    closeSegment = await openTrace(cold);
  };

  const finish = async (error?: unknown) => {
    closeSegment?.(error);
    closeSegment = undefined;
    fields.durationMs = Math.round(performance.now() - startedAt);
    log(closing.level, closing.message, fields);
    await flushMetrics();
  };

  return {
    before: observeBefore,
    after: async () => finish(),
    onError: async (request) => {
      // Stacks that turn errors into answers have noted theirs; here is what leaves as an error.
      if (request.response === undefined && fields.code === undefined) {
        noteOutcome("error", "invocation failed");
        note({ code: "UNEXPECTED", error: loggable(request.error) });
      }
      await finish(request.error);
    },
  };
};
