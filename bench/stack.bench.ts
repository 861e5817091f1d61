// What the stacks cost a request or a batch, in CPU: Middy's middlewares in process, against a function
// that only reads, checks and answers.
import assert from "node:assert/strict";
import { Type } from "typebox";
import { accepted, ok } from "../common/http/answers.ts";
import { parseJson } from "../common/json/json.ts";
import { httpHandler } from "../common/middleware/http.ts";
import { type Message, queueHandler } from "../common/middleware/queue.ts";
import { PageQuery } from "../common/paging/page-query.schema.ts";
import { lambdaContext, restEvent, sqsEvent } from "../common/testing/lambda-events.ts";
import { validator } from "../common/validation/schema.ts";
import { median, type Row } from "./row.ts";

const CALLS = 20_000;
const ROUNDS = 7;
const CALLS_WARM = 5_000;

const NewThing = validator(
  Type.Object({ name: Type.String(), number: Type.Integer() }, { additionalProperties: false }),
);
const answers = { 200: { description: "Done." } };
const manifest = {
  triggers: [
    { type: "http", route: "POST /things", role: "data.write" },
    { type: "http", route: "GET /things", role: "data.read" },
  ],
};
const contract = {
  "POST /things": { summary: "", body: NewThing, answers },
  "GET /things": { summary: "", query: PageQuery, answers },
} as const;
const context = lambdaContext({ remainingMs: 600_000 });

type Call = () => Promise<unknown>;
type Pair = { what: string; stack: Call; bare: Call };

const http = (): Pair[] => {
  const handler = httpHandler({
    manifest,
    contract,
    actions: {
      "POST /things": async ({ body }) => accepted({ name: body.name }),
      "GET /things": async ({ query }) => ok({ items: [], limit: query.limit }),
    },
  });
  const body = JSON.stringify({ name: "thing", number: 7 });
  const post = () => restEvent({ route: "POST /things", body });
  const get = () => restEvent({ route: "GET /things", query: { limit: "10" } });
  return [
    {
      what: "a POST through the http stack",
      stack: () => handler(post(), context),
      bare: async () => {
        const { value, faults } = parseJson(post().body ?? "");
        if (faults.length > 0) throw new Error("never");
        return { statusCode: 202, body: JSON.stringify({ name: NewThing.parse(value).name }) };
      },
    },
    {
      what: "a GET through the http stack",
      stack: () => handler(get(), context),
      bare: async () => {
        const { limit } = PageQuery.parse({ limit: get().multiValueQueryStringParameters?.limit?.[0] });
        return { statusCode: 200, body: JSON.stringify({ items: [], limit }) };
      },
    },
  ];
};

const queue = (): Pair => {
  const bodies = Array.from({ length: 10 }, (_, number) => ({ name: "thing", number }));
  const event = () => sqsEvent(bodies);
  const action = async (messages: readonly Pick<Message<unknown>, "body">[]) => {
    assert.equal(messages.length, 10);
    return [];
  };
  const handler = queueHandler({ message: NewThing, deadQueueUrl: "dead", action });
  return {
    what: "a batch of 10 through the queue stack",
    stack: () => handler(event(), context),
    bare: async () => {
      const messages = event().Records.map(({ body }) => ({ body: NewThing.parse(JSON.parse(body)) }));
      return { batchItemFailures: await action(messages) };
    },
  };
};

/** Microseconds of CPU for each of many calls. */
const cost = async (call: Call, calls = CALLS): Promise<number> => {
  const before = process.cpuUsage();
  for (let count = 0; count < calls; count += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
};

const measure = async ({ what, stack, bare }: Pair): Promise<Row> => {
  const costs: { stack: number[]; bare: number[] } = { stack: [], bare: [] };
  await cost(stack, CALLS_WARM);
  await cost(bare, CALLS_WARM);
  for (let round = 0; round < ROUNDS; round += 1) {
    costs.stack.push(await cost(stack));
    costs.bare.push(await cost(bare));
  }
  const [ours, theirs] = [median(costs.stack), median(costs.bare)];
  return {
    what,
    against: "a bare function",
    ours,
    theirs,
    unit: "µs of CPU",
    ratio: ours / theirs,
    goal: "–",
  };
};

export const run = async (): Promise<Row[]> => {
  const { write } = process.stdout;
  // The lines are made and thrown away: where they go is not the stacks' cost.
  process.stdout.write = () => true;
  try {
    const rows: Row[] = [];
    for (const pair of [...http(), queue()]) rows.push(await measure(pair));
    return rows;
  } finally {
    process.stdout.write = write;
  }
};
