import { isUtf8 } from "node:buffer";
import { type Fault, FaultList } from "#common/errors/fault.ts";
import { isExact, numberFaults } from "#common/json/exact-numbers.ts";

/** Test entries and real ones are announced apart from each other, each in an order of its own. */
export type Lane = "real" | "test";

export const LANES: readonly Lane[] = ["real", "test"];

/** Where an entry stands: the write that made it, and its place among all entries of that write, from 1. */
export type Place = { counter: number; place: number };

export type Entry = Place & { lane: Lane; type: "txn" | "responses"; data: unknown };

export type UserFile = {
  /** How many times the record was written. */
  counter: number;
  /** The file holds all entries above this counter; earlier ones were forgotten. */
  from: number;
  /** Those above `from`, in their order. */
  entries: Entry[];
};

/** What can be wrong with a file; each is a code of the catalogue. */
export type FileCode =
  | "FILE_NOT_JSON"
  | "USER_MISMATCH"
  | "COUNTER_BACKWARDS"
  | "ENTRY_INVALID"
  | "FILE_TOO_LARGE";

export type FileFault = { code: FileCode; errors: Fault[] };

export type ReadFile = { ok: true; file: UserFile } | { ok: false; fault: FileFault };

/** Larger ones are refused without being read. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;

const faulty = (code: FileCode, ...errors: Fault[]): ReadFile => ({ ok: false, fault: { code, errors } });

export const fileTooLarge = (bytes: number): ReadFile =>
  faulty("FILE_TOO_LARGE", { path: "", message: `must have at most ${FILE_BYTES_MAX} bytes, got ${bytes}` });

/** Node 24 has it; TypeScript's library does not name it yet. */
type WithRawJson = { rawJSON(text: string): unknown };

/** Numbers that a double would change are kept as they were written; JSON.stringify writes them so again. */
const parseExactly = (text: string): unknown =>
  numberFaults(text).length === 0
    ? JSON.parse(text)
    : JSON.parse(text, (_: string, value: unknown, context?: { source?: string }) =>
        typeof value === "number" && context?.source !== undefined && !isExact(context.source)
          ? (JSON as unknown as WithRawJson).rawJSON(context.source)
          : value,
      );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCounter = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The entries of a changelog; what is wrong with it goes into `faults`. */
const readEntries = (
  changelog: readonly unknown[],
  { counter: last, from }: { counter: number; from: number },
  faults: FaultList,
): Entry[] => {
  const entries: Entry[] = [];
  let before = 0;
  let place = 0;
  for (let index = 0; index < changelog.length && !faults.full; index += 1) {
    const entry = changelog[index];
    const add = (field: string, message: string) =>
      faults.add({ path: `/changelog/${index}${field}`, message });
    if (!isRecord(entry)) {
      add("", "must be an object");
      continue;
    }
    const { write_counter: counter, type, data, test = false } = entry;
    const isNumbered = isCounter(counter) && counter > 0;
    if (!isNumbered) add("/write_counter", "must be an integer of at least 1");
    else if (counter > last) add("/write_counter", `must not be above the file's, which is ${last}`);
    else if (counter < before) add("/write_counter", `must not fall: ${before} stands before it`);
    if (type !== "txn" && type !== "responses") add("/type", "must be txn or responses");
    if (data === undefined) add("/data", "is missing");
    if (typeof test !== "boolean") add("/test", "must be true or false");
    if (!isNumbered || (type !== "txn" && type !== "responses")) continue;
    place = counter === before ? place + 1 : 1;
    before = counter;
    // What the file no longer promises to hold may be there in part, with other places.
    if (counter > from) entries.push({ counter, place, lane: test === true ? "test" : "real", type, data });
  }
  return entries;
};

/** Reads a user's file and checks it. The messages of faults name places and never quote the file. */
export const readUserFile = (bytes: Uint8Array, userId: string): ReadFile => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value: unknown;
  try {
    if (!isUtf8(buffer)) return faulty("FILE_NOT_JSON", { path: "", message: "must be UTF-8" });
    value = parseExactly(buffer.toString("utf8"));
  } catch {
    return faulty("FILE_NOT_JSON", { path: "", message: "must be valid JSON" });
  }
  if (!isRecord(value)) return faulty("FILE_NOT_JSON", { path: "", message: "must be an object" });
  const { user_id: user, write_counter: counter, changelog_from: from = 0, changelog } = value;
  if (user !== userId) {
    return faulty("USER_MISMATCH", { path: "/user_id", message: "must be the user of the file's key" });
  }
  const faults = new FaultList();
  if (!isCounter(counter))
    faults.add({ path: "/write_counter", message: "must be an integer of at least 0" });
  if (!isCounter(from)) faults.add({ path: "/changelog_from", message: "must be an integer of at least 0" });
  else if (isCounter(counter) && from > counter) {
    faults.add({ path: "/changelog_from", message: `must not be above write_counter, which is ${counter}` });
  }
  if (!Array.isArray(changelog)) faults.add({ path: "/changelog", message: "must be an array" });
  if (!isCounter(counter) || !isCounter(from) || !Array.isArray(changelog)) {
    return faulty("ENTRY_INVALID", ...faults.faults);
  }
  const entries = readEntries(changelog, { counter, from }, faults);
  if (faults.faults.length > 0) return faulty("ENTRY_INVALID", ...faults.faults);
  return { ok: true, file: { counter, from, entries } };
};
