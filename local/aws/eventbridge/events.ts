import { randomUUID } from "node:crypto";
import type { BusEvent } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { type Input, isRecord, optionalText, texts } from "../port/input.ts";
import type { Target } from "./rules.ts";

export type Fault = { ErrorCode: string; ErrorMessage: string };
const fault = (ErrorCode: string, ErrorMessage: string): Fault => ({ ErrorCode, ErrorMessage });

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

const readTime = (value: unknown, now: number): string => {
  const seconds = typeof value === "number" ? value : Number.NaN;
  const ms = Number.isNaN(seconds) ? Date.parse(String(value ?? "")) : seconds * 1000;
  // EventBridge tells times by the second.
  return new Date(Number.isNaN(ms) ? now : ms).toISOString().replace(/\.\d+Z$/, "Z");
};

/** One entry of PutEvents as the event that rules see, or what is wrong with it. */
export const readEntry = (entry: Input, arns: Arns, now: number): BusEvent | Fault => {
  const source = optionalText(entry, "Source");
  const type = optionalText(entry, "DetailType");
  const text = optionalText(entry, "Detail");
  if (!source)
    return fault("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument.");
  if (!type || type.length > 128) {
    return fault(
      "InvalidArgument",
      "Parameter DetailType is not valid. Reason: DetailType is a required argument of 128 characters at most.",
    );
  }
  if (!text)
    return fault("InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument.");
  if (source.startsWith("aws."))
    return fault("NotAuthorizedForSourceException", "Not authorized for the source.");
  let detail: unknown;
  try {
    detail = JSON.parse(text);
  } catch {
    return fault("MalformedDetail", "Detail is malformed.");
  }
  if (!isRecord(detail)) return fault("MalformedDetail", "Detail is malformed.");
  if (depthOf(detail, 1001) > 1000) return fault("MalformedDetail", "Detail is nested too deeply.");
  return {
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
};

const at = (event: unknown, path: string): unknown =>
  path
    .replace(/^\$\.?/, "")
    .split(".")
    .filter(Boolean)
    .reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), event);

/** What a target gets: the event, its `Input`, what `InputPath` finds, or a filled template. */
export const inputOf = (target: Target, event: BusEvent): string => {
  if (typeof target.Input === "string") return target.Input;
  if (typeof target.InputPath === "string") return JSON.stringify(at(event, target.InputPath) ?? null);
  const transformer = target.InputTransformer;
  if (!isRecord(transformer)) return JSON.stringify(event);
  const paths = isRecord(transformer.InputPathsMap) ? transformer.InputPathsMap : {};
  return String(transformer.InputTemplate).replace(/<([A-Za-z0-9_.-]+)>/g, (_, name: string) => {
    if (name === "aws.events.event" || name === "aws.events.event.json") return JSON.stringify(event);
    const value = at(event, String(paths[name] ?? "$.nothing"));
    return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  });
};
