import { RESERVED_IDS } from "#common/ids/given-id.ts";
import type { Draft } from "./draft.ts";
import { integerFrom, oneOf, type Random } from "./values.ts";

/** Makes one thing of a request wrong or odd, in place. */
export type Spoil = (draft: Draft, random: Random) => void;

/** Percent-encoded texts that no id, word or time is, and some that only look odd. */
const ODD_TEXTS: readonly string[] = [
  ..."%zz % %2 %c3%28 %ff %fe%ff %c0%80 %ed%a0%80 %f4%90%80%80 %00 %0A %0d%0a %7F %C2%85 %EF%BF%BD".split(
    " ",
  ),
  ..."a%2Fb %2F %2e%2e %25 %253A %3A %E2%82%AC %E2%80%AE %F0%9F%98%80 e%CC%81 .. . ~ - + , ; ' ! * ( )".split(
    " ",
  ),
  ..."__proto__ constructor toString null undefined true NaN {} [] %7B%7D %24%7B7*7%7D %3Cscript%3E".split(
    " ",
  ),
  ...RESERVED_IDS,
  "a".repeat(100),
  "a".repeat(101),
  "x".repeat(5_000),
  "%20",
  "",
];

const NUMBERS: readonly string[] =
  "0 -1 1 100 101 1e400 Infinity -Infinity +5 %2B5 5.0 %205 5%20 0x5 NaN 00000000000000005 9007199254740993 1e1 %D9%A5".split(
    " ",
  );
const TIMES: readonly string[] =
  "2025 2025-02-30T00:00:00Z 2025-01-01 0000-01-01T00:00:00Z 9999-12-31T23:59:59.999999999-23:59 2025-01-01T24:00:00Z 2016-12-31T23:59:60Z 2025-01-01T00:00:00+02:00 2025-01-01T00:00:00 yesterday 0001-01-01T00:00:00+14:00".split(
    " ",
  );

const parametersOf = ({ operation }: Draft) =>
  operation.parameters.filter((parameter) => parameter.in === "query");

/** Changes a value of the query, or adds one. */
const changed =
  (valueFor: (random: Random, before: string) => string, name?: string): Spoil =>
  (draft, random) => {
    const at = integerFrom(random, 0, Math.max(0, draft.query.length - 1));
    const given = draft.query[at];
    if (given && (name === undefined || given[0] === name)) given[1] = valueFor(random, given[1]);
    else {
      const known = parametersOf(draft).map((parameter) => parameter.name);
      const added = name ?? (known.length > 0 ? oneOf(random, known) : "x");
      draft.query.push([added, valueFor(random, "")]);
    }
  };

const alteredCursor = (random: Random, cursor: string): string => {
  const at = integerFrom(random, 0, Math.max(0, cursor.length - 1));
  const cut = cursor.slice(0, at);
  return oneOf(random, [
    cut,
    `${cut}A${cursor.slice(at + 1)}`,
    `${cursor}A`,
    `${cursor}=`,
    "A".repeat(4_097),
    "AQ",
  ]);
};

const spoilSegment =
  (valueFor: (random: Random) => string): Spoil =>
  (draft, random) => {
    const steps = draft.operation.path.slice(1).split("/");
    const places = steps.flatMap((step, at) => (step.startsWith("{") ? [at] : []));
    const at = places.length > 0 ? oneOf(random, places) : integerFrom(random, 0, steps.length - 1);
    draft.segments[at] = valueFor(random);
  };

export const ADDRESS_SPOILS: readonly Spoil[] = [
  changed((random) => oneOf(random, ODD_TEXTS)),
  changed((random) => oneOf(random, NUMBERS), "limit"),
  changed((random) => oneOf(random, TIMES), "from"),
  changed((random) => oneOf(random, TIMES), "to"),
  changed(alteredCursor, "cursor"),
  (draft, random) => draft.query.push([oneOf(random, ODD_TEXTS), oneOf(random, ODD_TEXTS)]),
  (draft, random) => {
    const name = oneOf(random, ["limit", "q", "type", "cursor", "order", "from"]);
    for (const value of [oneOf(random, ODD_TEXTS), "5", "5"]) draft.query.push([name, value]);
  },
  (draft) => void draft.query.pop(),
  (draft, random) => {
    const count = oneOf(random, [20, 101, 900]);
    for (let at = 0; at < count; at += 1) draft.query.push(["type", `t${at}`]);
  },
  spoilSegment((random) => oneOf(random, ODD_TEXTS)),
  spoilSegment((random) => oneOf(random, ODD_TEXTS) + oneOf(random, ODD_TEXTS)),
  (draft, random) =>
    void draft.segments.splice(integerFrom(random, 0, draft.segments.length), 0, oneOf(random, ["", "x"])),
  (draft) => void draft.segments.push(""),
  (draft, random) => {
    draft.method = oneOf(random, ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"]);
  },
];
