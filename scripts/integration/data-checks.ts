import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  answerText,
  askUntil,
  type Check,
  type Context,
  expectProblem,
  expectStatus,
  fieldsOf,
  isObject,
} from "./asking.ts";
import type { Answer } from "./platform.ts";

const PAGES_MAX = 20;

type Kept = { id: string; data: Record<string, unknown> };

const newData = () => ({ informationOne: `integration ${randomUUID()}`, informationTwo: "bbb24" });

const postRecord = async ({ platform, token }: Context, data = newData()): Promise<Kept> => {
  const answer = await platform.ask("/data", { method: "POST", token, body: data });
  expectStatus(answer, 202);
  const { id, createdAt } = fieldsOf(answer);
  if (typeof id !== "string" || typeof createdAt !== "string" || Number.isNaN(Date.parse(createdAt))) {
    throw new Error(`wanted an id and a createdAt, got ${answerText(answer)}`);
  }
  return { id, data };
};

type Page = { items: { id: string; data: unknown }[]; cursor: string | null };

const isItem = (item: unknown): item is Page["items"][number] =>
  isObject(item) && typeof item.id === "string";

const pageOf = (answer: Answer): Page => {
  expectStatus(answer, 200);
  const { items, cursor } = fieldsOf(answer);
  if (!Array.isArray(items) || !items.every(isItem) || (cursor !== null && typeof cursor !== "string")) {
    throw new Error(`wanted items and a cursor, got ${answerText(answer)}`);
  }
  return { items, cursor };
};

/** Waits until the list's newest records hold this one. */
const listed = async ({ platform, token, deadlineMs }: Context, { id }: Kept): Promise<Page> => {
  const answer = await askUntil(
    deadlineMs,
    () => platform.ask("/data", { token }),
    (found) => found.status === 200 && pageOf(found).items.some((item) => item.id === id),
  );
  return pageOf(answer);
};

export const dataChecks: readonly Check[] = [
  {
    name: "GET /data with a forged signature is refused",
    async run({ platform }) {
      const [header, payload] = [
        { alg: "none", typ: "JWT" },
        { sub: "nobody", Role: ["admin"] },
      ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
      expectProblem(await platform.ask("/data", { token: `${header}.${payload}.` }), 401);
    },
  },
  {
    name: "GET /data with a token without the role is refused",
    needs: "otherToken",
    async run({ platform, otherToken }) {
      expectProblem(await platform.ask("/data", { token: otherToken }), 403);
    },
  },
  {
    name: "POST /data takes a record in",
    async run(context) {
      await postRecord(context);
    },
  },
  {
    name: "POST /data refuses what is no object",
    async run({ platform, token }) {
      expectProblem(await platform.ask("/data", { method: "POST", token, body: ["aaa23"] }), 400);
    },
  },
  {
    name: "GET /data lists a record that was taken in",
    async run(context) {
      const record = await postRecord(context);
      const { items } = await listed(context, record);
      const found = items.find((item) => item.id === record.id);
      if (!isDeepStrictEqual(found?.data, record.data)) {
        throw new Error(`wanted ${JSON.stringify(record.data)}, got ${JSON.stringify(found?.data)}`);
      }
    },
  },
  {
    name: "GET /data/{id} answers a record that was taken in",
    async run(context) {
      const { platform, token, deadlineMs } = context;
      const record = await postRecord(context);
      const answer = await askUntil(
        deadlineMs,
        () => platform.ask(`/data/${record.id}`, { token }),
        ({ status }) => status !== 404,
      );
      expectStatus(answer, 200);
      const { id, data } = fieldsOf(answer);
      if (id !== record.id || !isDeepStrictEqual(data, record.data)) {
        throw new Error(`wanted ${JSON.stringify(record)}, got ${answerText(answer)}`);
      }
    },
  },
  {
    name: "GET /data/{id} of no record is 404",
    async run({ platform, token }) {
      expectProblem(await platform.ask(`/data/${randomUUID()}`, { token }), 404);
    },
  },
  {
    name: "GET /data pages by cursor, each record once",
    async run(context) {
      const { platform, token } = context;
      const records = [await postRecord(context), await postRecord(context), await postRecord(context)];
      for (const record of records) await listed(context, record);

      const missing = new Set(records.map(({ id }) => id));
      const seen = new Set<string>();
      let cursor: string | null = "";
      for (let pages = 0; missing.size > 0 && cursor !== null && pages < PAGES_MAX; pages += 1) {
        const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const page: Page = pageOf(await platform.ask(`/data?limit=2${query}`, { token }));
        if (page.items.length > 2) throw new Error(`a page of 2 has ${page.items.length} records`);
        if (page.items.length < 2 && page.cursor !== null) throw new Error("a page came short with a cursor");
        for (const { id } of page.items) {
          if (seen.has(id)) throw new Error(`the record ${id} is on two pages`);
          seen.add(id);
          missing.delete(id);
        }
        cursor = page.cursor;
      }
      if (missing.size > 0) throw new Error(`no page has ${[...missing].join(", ")}`);
    },
  },
  {
    name: "GET /data refuses a cursor that it did not make",
    async run({ platform, token }) {
      expectProblem(await platform.ask("/data?cursor=bm90LW91cnM", { token }), 400);
    },
  },
  {
    name: "POST /data with a repeated Idempotency-Key answers as the first time",
    async run(context) {
      const { platform, token } = context;
      const idempotencyKey = randomUUID();
      const body = newData();
      const post = () => platform.ask("/data", { method: "POST", token, body, idempotencyKey });

      const first = await post();
      const again = await post();

      expectStatus(first, 202);
      expectStatus(again, 202);
      if (!isDeepStrictEqual(again.body, first.body)) {
        throw new Error(`the first answer was ${answerText(first)}, the second ${answerText(again)}`);
      }
    },
  },
  {
    name: "POST /data with an Idempotency-Key of another body is refused",
    async run({ platform, token }) {
      const idempotencyKey = randomUUID();
      const post = () => platform.ask("/data", { method: "POST", token, body: newData(), idempotencyKey });

      expectStatus(await post(), 202);
      expectProblem(await post(), 422);
    },
  },
];
