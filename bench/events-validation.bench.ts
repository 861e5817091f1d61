import assert from "node:assert/strict";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Format } from "typebox/format";
import { GIVEN_ID_PATTERN, RESERVED_IDS } from "../common/ids/given-id.ts";
import { jsonFaults } from "../common/json/json.ts";
import { compileSchema } from "../common/validation/compile.ts";
import type { SchemaValidator } from "../common/validation/schema.ts";
import { ruleFaults } from "../functions/events-recorder/body/event-rules.ts";
import { contract } from "../functions/events-recorder/contract.ts";
import { librarySchemas } from "./event-schemas.ts";
import { median, type Row } from "./row.ts";

const BATCH = 500;
const ROUNDS = 21;
const CALLS = 40;

type Batch = { text: string; body: unknown };
type Check = (batch: Batch) => boolean;

const TYPES = ["account_opened", "transaction_posted", "address_changed", "account_closed"];

/** What organizations post: most fields given, a small detail, texts of a line, some of them not ASCII. */
const batchText = (seed: number, notAscii: boolean): string =>
  JSON.stringify(
    Array.from({ length: BATCH }, (_, index) => {
      const number = seed * BATCH + index;
      return {
        eventId: `core-banking:${number.toString(36).padStart(12, "0")}`,
        customerId: `member-${(number * 7919) % 100_000}`,
        type: TYPES[number % TYPES.length],
        description: `Transaction of ${number % 900}.00 posted to account ${number % 5000}${notAscii && number % 10 === 0 ? " – Zoë" : ""}`,
        date: new Date(Date.UTC(2025, 0, 1) + number * 61_007).toISOString(),
        actor: `teller-${number % 40}`,
        detail: {
          accountId: `acc-${number % 5000}`,
          amount: `${number % 900}.00`,
          currency: "USD",
          balance: { before: number, after: number + 1 },
          tags: ["branch", "counter"],
        },
      };
    }),
  );

/** As the rules of the recorder say it, for libraries that know nothing but the schema. */
const TEXT = "^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$";
const ID = `^(?!(?:${RESERVED_IDS.join("|")})$)${GIVEN_ID_PATTERN.slice(1)}`;

type Properties = Record<string, Record<string, unknown>>;

/** The contract's schema with the rules as patterns, so that its verdict on these bodies is ours. */
const wholeSchema = (): object => {
  const { schema } = contract["POST /events"].body as SchemaValidator<unknown>;
  const whole = JSON.parse(JSON.stringify(schema)) as { then: { items: unknown }; else: unknown };
  const { properties } = whole.else as { properties: Properties };
  const over: Properties = {
    eventId: { pattern: ID },
    customerId: { pattern: ID },
    organizationId: { const: "demo" },
    type: { pattern: TEXT, not: { const: "audit" } },
    description: { pattern: TEXT },
    actor: { pattern: TEXT },
  };
  for (const [name, more] of Object.entries(over)) Object.assign(properties[name] ?? {}, more);
  whole.then.items = whole.else;
  return whole;
};

/** Each says yes or no to a body; the walk over the JSON is what every other route's body gets. */
const peers = (): Record<string, Check> => {
  const contractSchema = (contract["POST /events"].body as SchemaValidator<unknown>).schema;
  const schemaOnly = compileSchema(contractSchema, "body");
  const whole = compileSchema(wholeSchema() as TSchema, "body");
  Format.Set("date-time", (value) => Format.IsDateTime(value));
  const typebox = Compile(wholeSchema() as TSchema);
  const walked = ({ body }: Batch) => jsonFaults(body).length === 0;
  return {
    "ajv compiled, and the stack's JSON walk": (one) => whole(one.body) && walked(one),
    "TypeBox compiled, and that walk": (one) => typebox.Check(one.body) && walked(one),
    "ajv compiled, the rules as patterns": ({ body }) => whole(body),
    "ajv compiled, the contract's schema alone": ({ body }) => schemaOnly(body),
    ...Object.fromEntries(
      Object.entries(librarySchemas(ID, TEXT)).map(([name, accepted]) => [
        `${name}, and that walk`,
        (one: Batch) => accepted(one.body) && walked(one),
      ]),
    ),
  };
};

const microseconds = (check: Check, batches: readonly Batch[]): number => {
  const began = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) {
    const batch = batches[call % batches.length];
    if (batch) check(batch);
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / CALLS;
};

/** Medians of rounds in which both take turns; the ratio is the median of the rounds' ratios. */
const compare = (ours: Check, theirs: Check, batches: readonly Batch[]) => {
  const [one, other]: [number[], number[]] = [[], []];
  for (const check of [ours, theirs]) for (let round = 0; round < 3; round += 1) microseconds(check, batches);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % 2 === 0) one.push(microseconds(ours, batches));
    other.push(microseconds(theirs, batches));
    if (round % 2 === 1) one.push(microseconds(ours, batches));
  }
  const ratio = median(other.map((time, round) => time / (one[round] ?? Number.NaN)));
  return { ours: median(one), theirs: median(other), ratio };
};

/** Both must say the same of the same bodies, else their times say nothing. */
const assertSame = (check: Check, batches: readonly Batch[]): void => {
  for (const batch of batches) {
    assert(check(batch));
    for (const spoilt of [{ type: 1 }, { eventId: "-" }, { more: 1 }, { date: "now" }]) {
      const body = structuredClone(batch.body) as object[];
      Object.assign(body[BATCH - 1] ?? {}, spoilt);
      assert(!check({ text: JSON.stringify(body), body }));
    }
  }
};

/** What a good batch of 500 events costs to check, and no more than this an event. */
const GOAL_MICROSECONDS = 1;

/**
 * Whether a parsed batch of 500 events is good, as the recorder finds it: the contract's check, the walk
 * over the JSON, and the rules that no schema can say (the calendar, the clock, the size of details).
 */
export const run = async (): Promise<Row[]> => {
  const posting = { organizationId: "demo", nowMs: Date.UTC(2026, 0, 1) };
  const schema = compileSchema((contract["POST /events"].body as SchemaValidator<unknown>).schema, "body");
  const ours: Check = ({ body }) =>
    schema(body) && jsonFaults(body).length === 0 && ruleFaults(body, posting).length === 0;
  const rows: Row[] = [];
  for (const notAscii of [false, true]) {
    const texts = Array.from({ length: 8 }, (_, seed) => batchText(seed, notAscii));
    const batches = texts.map((text) => ({ text, body: JSON.parse(text) as unknown }));
    const what = `validating 500 events${notAscii ? ", not all ASCII" : ""}`;
    assertSame(ours, batches);
    for (const [against, check] of Object.entries(peers())) {
      assertSame(check, batches);
      rows.push({ what, against, unit: "µs", goal: "–", ...compare(ours, check, batches) });
    }
    const perEvent = median(rows.filter((row) => row.what === what).map((row) => row.ours)) / BATCH;
    rows.push({
      what: `${what}: an event`,
      against: "the goal",
      unit: "µs",
      ours: perEvent,
      theirs: GOAL_MICROSECONDS,
      ratio: perEvent / GOAL_MICROSECONDS,
      goal: "≤ 1",
    });
  }
  return rows;
};
