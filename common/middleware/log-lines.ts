import { gunzipSync } from "node:zlib";
import middy from "@middy/core";
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent, Context } from "aws-lambda";
import { AppError } from "#common/errors/app-error.ts";
import { note } from "#common/telemetry/line.ts";
import { type DeadLetterOptions, deadLetters } from "./dead-letters.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

/** A line that a function logged: CloudWatch's id of it, the same on each delivery, and its JSON object. */
export type LogLine = { id: string; line: Readonly<Record<string, unknown>> };

export type LogLinesOptions = DeadLetterOptions & { action: (lines: LogLine[]) => Promise<void> };

/** CloudWatch Logs sends at most 1 MB as base64; lines pack to a fifth and better. */
const UNPACKED_BYTES_MAX = 64 * 1_048_576;

const unpack = ({ awslogs }: CloudWatchLogsEvent): CloudWatchLogsDecodedData => {
  try {
    const bytes = gunzipSync(Buffer.from(awslogs.data, "base64"), { maxOutputLength: UNPACKED_BYTES_MAX });
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new AppError("MESSAGE_NOT_JSON", { internal: "the subscription's data cannot be unpacked", cause });
  }
};

/** Whatever else stands in a log group is no line of a stack. */
const objectOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** The stack of functions that get the log lines of others, by CloudWatch Logs' subscriptions. */
export const logLinesHandler = ({ action, ...kept }: LogLinesOptions) =>
  middy<CloudWatchLogsEvent, unknown, Error, Context>()
    .use([
      metrics(),
      logging({ message: "log lines handed on" }),
      tracing(),
      deadLetters({ ...kept, failure: "log lines not handed on" }),
    ])
    .handler(async (event) => {
      const { messageType, logEvents = [] } = unpack(event);
      // CloudWatch tries a new subscription with a message of another type.
      if (messageType !== "DATA_MESSAGE") return;
      note({ batchSize: logEvents.length });
      const lines = logEvents.flatMap(({ id, message }) => {
        const line = objectOf(message);
        return line === undefined ? [] : [{ id, line }];
      });
      if (lines.length > 0) await action(lines);
    }) as unknown as (event: CloudWatchLogsEvent, context: Context) => Promise<void>;
