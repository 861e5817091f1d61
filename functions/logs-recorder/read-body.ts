import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Fault, FaultList } from "#common/errors/fault.ts";
import { ND_JSON_TYPE } from "#common/http/body-types.ts";
import { equalNameFaults } from "#common/json/equal-names.ts";
import { jsonFaults } from "#common/json/json.ts";
import { checkMessage } from "#common/logs/read-message.ts";
import { MESSAGE_BYTES_MAX } from "#common/logs/stream/glue.ts";
import { POSTED_TYPES } from "#common/logs/types.ts";
import type { ReadBody } from "#common/middleware/validation.ts";

/** A message that passed, in its sender's words, with the organization; what it was posted as has this index. */
export type Accepted = { organizationID: string; id?: string; time?: string };
export type Rejected = { index: number; errors: Fault[] };
export type PostedLogs = { accepted: Accepted[]; rejected: Rejected[] };

type Item = { value: unknown; faults: Fault[] };

const NOT_JSON: Fault = { path: "", message: "must be valid JSON" };

const parse = (text: string): Item => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { value: undefined, faults: [NOT_JSON] };
  }
  return { value, faults: [] };
};

/** The faults of JSON that the platform does not keep; looking for equal names recurses, so it comes after the depth. */
const bodyFaults = (text: string, value: unknown): Fault[] => {
  const faults = jsonFaults(value);
  return faults.length > 0 ? faults : equalNameFaults(text, value);
};

const linesOf = (text: string): Item[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const { value, faults } = parse(line);
      return { value, faults: faults.length > 0 ? faults : bodyFaults(line, value) };
    });

/** The items of a JSON body, each with those of the body's faults that stand in it. */
const itemsOf = (text: string, value: unknown): Item[] => {
  const faults = bodyFaults(text, value);
  if (!Array.isArray(value)) return [{ value, faults }];
  return value.map((item, index) => {
    const place = `/${index}`;
    const own = faults.filter(({ path }) => path === place || path.startsWith(`${place}/`));
    return { value: item, faults: own.map((fault) => ({ ...fault, path: fault.path.slice(place.length) })) };
  });
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a caller may not say although the platform may. */
const callerFaults = ({ organizationID, logType }: Record<string, unknown>, caller: Member): Fault[] => [
  ...(organizationID === undefined || organizationID === caller.organizationId
    ? []
    : [{ path: "/organizationID", message: "must be the token's, or be left out" }]),
  ...(POSTED_TYPES.some((type) => type === logType)
    ? []
    : [{ path: "/logType", message: `must be one of ${POSTED_TYPES.join(", ")}` }]),
];

const check = ({ value, faults }: Item, caller: Member): Accepted | Fault[] => {
  if (faults.length > 0) return faults;
  if (!isObject(value)) return [{ path: "", message: "must be an object" }];
  const refused = callerFaults(value, caller);
  const message = { ...value, organizationID: caller.organizationId };
  const checked = checkMessage(
    refused.some(({ path }) => path === "/logType") ? { ...message, logType: "web" } : message,
  );
  const list = new FaultList().add(...refused, ...(checked.ok ? [] : checked.faults));
  if (list.faults.length > 0) return list.faults;
  if (Buffer.byteLength(JSON.stringify(message)) > MESSAGE_BYTES_MAX) {
    return [{ path: "", message: `must have at most ${MESSAGE_BYTES_MAX} bytes` }];
  }
  return message;
};

const notAnything = (message: string, beside: Fault[]) =>
  new AppError("BODY_NOT_JSON", { errors: [{ path: "", message }, ...beside] });

/**
 * Reads a message, an array of them, or one a line: the good ones are taken, and the faults of the others are
 * answered. Faults of the request are answered only when none is good, by the place of each message.
 */
export const readBody: ReadBody = (text, caller, beside = [], mediaType = "") => {
  if (text.trim() === "") throw notAnything("must not be empty", beside);
  const byLine = mediaType === ND_JSON_TYPE;
  const whole = byLine ? undefined : parse(text);
  if (whole && whole.faults.length > 0) throw notAnything("must be valid JSON", beside);
  const items = whole ? itemsOf(text, whole.value) : linesOf(text);
  const isSingle = !byLine && !Array.isArray(whole?.value);

  const value: PostedLogs = { accepted: [], rejected: [] };
  for (const [index, item] of items.entries()) {
    const checked = check(item, caller);
    if (Array.isArray(checked)) value.rejected.push({ index, errors: checked });
    else value.accepted.push(checked);
  }
  if (value.accepted.length > 0) return { value, faults: [] };
  const list = new FaultList();
  if (items.length === 0) list.add({ path: "", message: "must have at least 1 items, got an array of 0" });
  for (const { index, errors } of value.rejected) {
    list.add(...errors.map(({ path, message }) => ({ path: isSingle ? path : `/${index}${path}`, message })));
  }
  return { value, faults: list.faults };
};
