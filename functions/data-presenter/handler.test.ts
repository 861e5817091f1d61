import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { type AwsAnswers, AwsRefusal } from "#common/testing/aws-server.ts";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";

type Row = { owner: { S: string }; id: { S: string }; createdAt: { S: string }; data: { S: string } };

const { ask: call, aws, output } = await startFunctionOnFake("data-presenter");
let rows: Row[];
/** Rows of one page of DynamoDB, which cuts its own at 1 MB. */
let cutAt: number;

const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const row = (n: number, data = `{"n": ${n}.0}`, owner = "demo#user-1"): Row => ({
  owner: { S: owner },
  id: { S: idOf(n) },
  createdAt: { S: "2026-05-05T12:00:00.000Z" },
  data: { S: data },
});

const keyOf = (key: unknown) => key as { owner: { S: string }; id: { S: string } };

const table: AwsAnswers = {
  GetItem: ({ Key }) => {
    const { owner, id } = keyOf(Key);
    const Item = rows.find((one) => one.owner.S === owner.S && one.id.S === id.S);
    return Item ? { Item } : {};
  },
  Query: ({ ExpressionAttributeValues, Limit, ExclusiveStartKey }) => {
    const owner = (ExpressionAttributeValues as { ":owner": { S: string } })[":owner"].S;
    const before = ExclusiveStartKey ? keyOf(ExclusiveStartKey).id.S : "~";
    const all = rows
      .filter((one) => one.owner.S === owner && one.id.S < before)
      .toSorted((a, b) => (a.id.S < b.id.S ? 1 : -1));
    const size = Math.min(Number(Limit), cutAt);
    const Items = all.slice(0, size);
    const last = Items.at(-1);
    return {
      Items,
      ...(last && all.length >= size ? { LastEvaluatedKey: { owner: last.owner, id: last.id } } : {}),
    };
  },
  GenerateMac: ({ KeyId, Message }) => ({
    Mac: createHmac("sha256", String(KeyId)).update(String(Message)).digest("base64"),
  }),
};

beforeEach(() => {
  rows = [];
  cutAt = 1_000;
  aws.answerWith(table);
});

const list = (query: Record<string, string> = {}, over: Partial<RestRequest> = {}) =>
  call({ route: "GET /data", query, ...over });
const one = (id: string, over: Partial<RestRequest> = {}) =>
  call({ route: "GET /data/{id}", params: { id }, ...over });
const ids = ({ json }: { json: { items: { id: string }[] } }) => json.items.map(({ id }) => id);

describe("GET /data/{id}", () => {
  it("answers the record, its data byte for byte as it was kept", async () => {
    rows = [row(1, '{"b":1.0,"a":12345678901234567890}')];

    expect((await one(idOf(1))).text).toBe(
      `{"id":"${idOf(1)}","createdAt":"2026-05-05T12:00:00.000Z","data":{"b":1.0,"a":12345678901234567890}}`,
    );
  });

  it.each([
    ["nobody's", idOf(9)],
    ["another user's", idOf(2)],
    ["another organization's", idOf(3)],
    ["no id at all", "stats"],
    ["longer than any key", "x".repeat(3_000)],
    ["empty", ""],
  ])("is 404 with %s", async (_, id) => {
    rows = [row(1), row(2, "{}", "demo#user-2"), row(3, "{}", "other#user-1")];

    expect(await one(id)).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
  });
});

describe("GET /data", () => {
  it("is empty, without a cursor, for who has none", async () => {
    rows = [row(1, "{}", "demo#user-2")];

    expect((await list()).json).toEqual({ items: [], cursor: null });
  });

  it.each([1, 7, 1_000])(
    "walks all of the caller's records, newest first, when the table cuts at %d",
    async (cut) => {
      rows = [...Array.from({ length: 60 }, (_, n) => row(n)), row(100, "{}", "demo#user-2")];
      cutAt = cut;

      const seen: string[] = [];
      const sizes: number[] = [];
      let cursor: string | null = null;
      do {
        const page = await list({ limit: "20", ...(cursor ? { cursor } : {}) });
        seen.push(...ids(page));
        sizes.push(page.json.items.length);
        cursor = page.json.cursor;
      } while (cursor !== null);

      expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => idOf(59 - n)));
      expect(sizes).toEqual([20, 20, 20]);
    },
  );

  it("has 25 to a page unless the caller says otherwise", async () => {
    rows = Array.from({ length: 26 }, (_, n) => row(n));

    const page = await list();

    expect(page.json.items).toHaveLength(25);
    expect(page.json.cursor).toEqual(expect.any(String));
    expect((await list({ limit: "26" })).json.cursor).toBeNull();
  });

  it.each([{ limit: "0" }, { limit: "101" }, { limit: "x" }, { cursor: "" }, { other: "1" }])(
    "is 400 with %j",
    async (query) => {
      expect((await list(query)).status).toBe(400);
    },
  );

  it("fits Lambda's answer however many quotes the records are made of, and loses none", async () => {
    const quotes = `{"a":[${Array(60_000).fill('""').join()}]}`;
    rows = Array.from({ length: 40 }, (_, n) => row(n, quotes));

    const first = await list({ limit: "40" });
    expect(Buffer.byteLength(JSON.stringify(first.text))).toBeLessThan(6_200_000);
    const second = await list({ limit: "40", cursor: first.json.cursor });

    expect(first.json.items.length).toBeGreaterThan(10);
    expect([...ids(first), ...ids(second)].length).toBeGreaterThan(first.json.items.length);
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(ids(first).length + ids(second).length);
  });

  it.each([
    ["user", { userId: "user-2" }],
    ["organization", { organizationId: "other" }],
  ])("refuses the cursor of another %s", async (_, over) => {
    rows = Array.from({ length: 3 }, (_, n) => row(n));
    const { cursor } = (await list({ limit: "1" })).json;

    const answer = await list({ cursor }, { authorizer: callerContext(over) });

    expect(answer).toMatchObject({ status: 400, json: { code: "CURSOR_INVALID" } });
  });

  it("asks KMS once a day, for as many cursors as there are", async () => {
    rows = Array.from({ length: 3 }, (_, n) => row(n));

    for (let round = 0; round < 5; round += 1) await list({ limit: "1" });

    expect(aws.callsOf("GenerateMac").length).toBeLessThanOrEqual(1);
  });

  it("leaves nothing in the log of records, cursors and tokens, whatever happens", async () => {
    const CANARY = "canary-55de";
    const headers = { authorization: `Bearer ${CANARY}` };
    const quoting: AwsAnswers[string] = () => {
      throw new AwsRefusal("ValidationException", `cannot read ${CANARY}`);
    };
    const scenes: AwsAnswers[] = [
      table,
      { ...table, Query: quoting, GetItem: quoting },
      { ...table, Query: () => `<${CANARY}>`, GetItem: () => `{"Item": ${CANARY}` },
    ];

    for (const scene of scenes) {
      rows = [row(1, `{"a":"${CANARY}"}`), row(2, CANARY)];
      aws.answerWith(scene);
      await list({}, { headers });
      await one(idOf(1), { headers });
      await one(CANARY, { headers });
      await list({ cursor: CANARY }, { headers });
      await list({ [CANARY]: CANARY }, { headers });
    }

    expect(output().lines()).toHaveLength(15);
    expect(output().text()).not.toContain(CANARY);
  });
});
