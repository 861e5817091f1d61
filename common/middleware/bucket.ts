import middy from "@middy/core";
import type { Context, S3Event } from "aws-lambda";
import { type DeadLetterOptions, deadLetters } from "./dead-letters.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

export type BucketOptions = DeadLetterOptions & {
  /** Gets an object's key; S3 may name an object twice, so the action must be safe to repeat. */
  action: (object: { key: string; time: string }) => Promise<void>;
};

/** S3 writes keys into events as forms do. */
const keyOf = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", " "));

/**
 * The stack of functions that a bucket notifies. What can never succeed becomes a dead letter of the function;
 * Lambda tries anything else twice more.
 */
export const bucketHandler = ({ action, ...kept }: BucketOptions) =>
  middy<S3Event, unknown, Error, Context>()
    .use([
      metrics(),
      logging({ message: "objects handled" }),
      tracing(),
      deadLetters({ ...kept, failure: "objects failed" }),
    ])
    .handler(async ({ Records }) => {
      // One after the other: what an object holds is worked on side by side already.
      for (const { s3, eventTime } of Records) await action({ key: keyOf(s3.object.key), time: eventTime });
    }) as unknown as (event: S3Event, context: Context) => Promise<void>;
