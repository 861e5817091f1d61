import type { MiddlewareObj } from "@middy/core";
import type { Context } from "aws-lambda";

/** A middleware of an event of this kind. A hook answers a promise only when it has something to wait for. */
export type Middleware<Event = unknown> = MiddlewareObj<Event, unknown, Error, Context>;

/**
 * Whether Middy gave up on the action, milliseconds before Lambda would have. There is no time left to answer
 * in, so every stack lets this error leave the invocation.
 */
export const isTimeout = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === "TimeoutError" &&
  (error.cause as { package?: string } | undefined)?.package === "@middy/core";
