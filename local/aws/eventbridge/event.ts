import { randomUUID } from "node:crypto";
import type { BusEvent } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { type Input, isRecord, optionalText, texts } from "../port/input.ts";

/** Why an entry of PutEvents failed, as the answer says it. */
export type EntryError = { ErrorCode: string; ErrorMessage: string };
export type ReadEntry = { event: BusEvent } | { error: EntryError };

const entryError = (ErrorCode: string, ErrorMessage: string): ReadEntry => ({
  error: { ErrorCode, ErrorMessage },
});
const required = (name: string): ReadEntry =>
  entryError("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);

const DETAIL_TYPE_LENGTH_MAX = 128;
const DEPTH_MAX = 1000;

/** Bytes as EventBridge counts them: a fixed 14 for the time, and the text of the other fields. */
export const bytesOf = (entry: Input): number =>
  (entry.Time === undefined ? 0 : 14) +
  ["Source", "DetailType", "Detail"].reduce(
    (sum, field) => sum + Buffer.byteLength(optionalText(entry, field) ?? ""),
    0,
  ) +
  texts(entry, "Resources").reduce((sum, resource) => sum + Buffer.byteLength(resource), 0);

const depthOf = (value: unknown, limit: number): number => {
  if (limit === 0 || typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((inner) => depthOf(inner, limit - 1)));
};

/** EventBridge writes times in whole seconds. */
export const timeText = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

const readTime = (value: unknown, now: number): string => {
  const seconds = typeof value === "number" ? value : Number.NaN;
  const ms = Number.isNaN(seconds) ? Date.parse(String(value ?? "")) : seconds * 1000;
  return timeText(Number.isNaN(ms) ? now : ms);
};

const readDetail = (text: string): Record<string, unknown> | undefined => {
  try {
    const detail: unknown = JSON.parse(text);
    return isRecord(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
};

/** One entry of PutEvents as the event that rules see, or what is wrong with it. */
export const readEntry = (entry: Input, arns: Arns, now: number): ReadEntry => {
  const source = optionalText(entry, "Source");
  const type = optionalText(entry, "DetailType");
  const text = optionalText(entry, "Detail");
  if (!source) return required("Source");
  if (!type) return required("DetailType");
  if (type.length > DETAIL_TYPE_LENGTH_MAX) {
    return entryError(
      "InvalidArgument",
      `Parameter DetailType is not valid. Reason: DetailType is longer than ${DETAIL_TYPE_LENGTH_MAX} characters.`,
    );
  }
  if (!text) return required("Detail");
  if (source.startsWith("aws.")) {
    return entryError("NotAuthorizedForSourceException", "Not authorized for the source.");
  }
  const detail = readDetail(text);
  if (!detail) return entryError("MalformedDetail", "Detail is malformed.");
  if (depthOf(detail, DEPTH_MAX + 1) > DEPTH_MAX) {
    return entryError("MalformedDetail", "Detail is nested too deeply.");
  }
  const event = {
    version: "0",
    id: randomUUID(),
    "detail-type": type,
    source,
    account: arns.account,
    time: readTime(entry.Time, now),
    region: arns.region,
    resources: texts(entry, "Resources"),
    detail,
  };
  return { event };
};
