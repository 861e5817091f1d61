import { watchClients } from "#common/aws/clients.ts";
import { noted } from "#common/telemetry/line.ts";
import type { CloseSegment } from "#common/telemetry/tracer.ts";
import type { Middleware } from "./middleware.ts";

/** `Root=1-…;Parent=…;Sampled=1` of this invocation, as the runtime leaves it. */
const isSampled = (): boolean => (process.env._X_AMZN_TRACE_ID ?? "").includes("Sampled=1");

/** Shows the invocation and its AWS calls in X-Ray when its trace is sampled. Stands behind `logging`. */
export const tracing = (): Middleware => {
  const segments = new WeakMap<object, CloseSegment>();

  const open = async (request: object): Promise<void> => {
    // A file of its own beside the handler: it brings the X-Ray SDK, which an unsampled call does not pay for.
    const { openSegment } = await import("#common/telemetry/tracer.ts");
    segments.set(request, openSegment(watchClients, noted().coldStart === true));
  };
  const close = (request: { error?: Error | null | undefined }): void => {
    segments.get(request)?.(request.error ?? undefined);
    segments.delete(request);
  };

  return {
    before: (request) => (isSampled() ? open(request) : undefined),
    after: close,
    onError: close,
  };
};
