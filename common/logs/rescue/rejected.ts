import { isUtf8 } from "node:buffer";
import { type AppError, toAppError } from "#common/errors/app-error.ts";

/** What stands on the queue `logs-rejected`: a record that was refused, as it came, and why. */
export type Rejected = {
  code: string;
  reason: string;
  arrivedAt: string;
  /** The record; in base64 where `encoding` says so, because it is no text. */
  raw?: string;
  encoding?: "base64";
  /** Where the record lies when it is too large for the queue: the object, and the line in it. */
  key?: string;
  line?: number;
};

/** A message on the queue has 1 MiB, and JSON takes more than the record itself. */
const BYTES_MAX = 700_000;

const REASON_MAX = 1_000;

const reasonOf = (error: AppError): string =>
  [
    error.message,
    ...(error.errors ?? []).map(({ path, message }) => `${path || "/"} ${message}`),
    error.internal,
  ]
    .filter(Boolean)
    .join("; ")
    .slice(0, REASON_MAX)
    .toWellFormed();

export type RejectedFrom = { data: Buffer; arrivedAtMs: number; key: string; line: number };

/** The message for a record, or for a part of one, that breaks the rules. */
export const rejectedOf = (thrown: unknown, { data, arrivedAtMs, key, line }: RejectedFrom): Rejected => {
  const error = toAppError(thrown);
  const why = {
    code: error.code,
    reason: reasonOf(error),
    arrivedAt: new Date(arrivedAtMs).toISOString(),
  };
  const content: Rejected = isUtf8(data)
    ? { ...why, raw: data.toString("utf8") }
    : { ...why, raw: data.toString("base64"), encoding: "base64" };
  return Buffer.byteLength(JSON.stringify(content)) > BYTES_MAX ? { ...why, key, line } : content;
};
