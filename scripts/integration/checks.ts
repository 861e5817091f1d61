// What every deployment has to do, asked from outside. Records are the caller's own and are left behind.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Answer, Platform } from "./platform.ts";

export type Context = {
  platform: Platform;
  token: string | undefined;
  /** Of somebody whose roles do not open the data routes. */
  otherToken: string | undefined;
  /** What GET /health has to tell; undefined: anything. */
  release: string | undefined;
  /** How long a change may take to show. */
  deadlineMs: number;
};

export type Check = {
  name: string;
  needs?: "otherToken";
  run: (context: Context) => Promise<void>;
};

const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2000;
const PAGES_MAX = 20;

const said = ({ status, body }: Answer): string => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return `${status} ${text.length > 300 ? `${text.slice(0, 300)} …` : text}`;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fieldsOf = (answer: Answer): Record<string, unknown> => (isObject(answer.body) ? answer.body : {});

const expectStatus = (answer: Answer, status: number): void => {
  if (answer.status !== status) throw new Error(`wanted ${status}, got ${said(answer)}`);
  if (answer.requestId === "") throw new Error(`the answer ${said(answer)} has no x-request-id`);
};

const expectProblem = (answer: Answer, status: number): void => {
  expectStatus(answer, status);
  if (!answer.contentType.startsWith("application/problem+json")) {
    throw new Error(`wanted application/problem+json, got "${answer.contentType}"`);
  }
  if (fieldsOf(answer).status !== status) {
    throw new Error(`the problem's status is not ${status}: ${said(answer)}`);
  }
};

/** Asks again, less and less often, until the answer is accepted or the time is up. */
const askUntil = async (
  deadlineMs: number,
  ask: () => Promise<Answer>,
  accept: (answer: Answer) => boolean,
): Promise<Answer> => {
  const end = performance.now() + deadlineMs;
  for (let wait = PAUSE_MS_MIN; ; wait = Math.min(wait * 2, PAUSE_MS_MAX)) {
    // A name that does not resolve yet is no answer yet.
    const answer = await ask().catch((error: unknown) => {
      if (performance.now() + wait >= end) throw error;
    });
    if (answer && accept(answer)) return answer;
    if (answer && performance.now() + wait >= end) {
      throw new Error(`not within ${deadlineMs / 1000} s; the last answer was ${said(answer)}`);
    }
    await pause(wait);
  }
};

type Kept = { id: string; data: Record<string, unknown> };

const newData = () => ({ informationOne: `integration ${randomUUID()}`, informationTwo: "bbb24" });

const postRecord = async ({ platform, token }: Context, data = newData()): Promise<Kept> => {
  const answer = await platform.ask("/data", { method: "POST", token, body: data });
  expectStatus(answer, 202);
  const { id, createdAt } = fieldsOf(answer);
  if (typeof id !== "string" || typeof createdAt !== "string" || Number.isNaN(Date.parse(createdAt))) {
    throw new Error(`wanted an id and a createdAt, got ${said(answer)}`);
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
    throw new Error(`wanted items and a cursor, got ${said(answer)}`);
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

export const smokeChecks: readonly Check[] = [
  {
    name: "GET /health answers ok",
    async run({ platform, release, deadlineMs }) {
      const answer = await askUntil(
        deadlineMs,
        () => platform.ask("/health"),
        (found) => found.status === 200 && (release === undefined || fieldsOf(found).version === release),
      );
      expectStatus(answer, 200);
      const { status, version } = fieldsOf(answer);
      if (status !== "ok" || typeof version !== "string") throw new Error(`got ${said(answer)}`);
    },
  },
  {
    name: "GET /openapi.json describes the routes",
    async run({ platform }) {
      const answer = await platform.ask("/openapi.json");
      expectStatus(answer, 200);
      const { openapi, paths } = fieldsOf(answer);
      if (typeof openapi !== "string" || !openapi.startsWith("3.1.")) {
        throw new Error(`wanted an OpenAPI 3.1 document, got version ${JSON.stringify(openapi)}`);
      }
      for (const path of ["/health", "/data", "/data/{id}"]) {
        if (!isObject(paths) || !(path in paths)) throw new Error(`the document has no path ${path}`);
      }
    },
  },
  {
    name: "GET /data without a token is refused",
    async run({ platform }) {
      expectProblem(await platform.ask("/data"), 401);
    },
  },
];

export const integrationChecks: readonly Check[] = [
  ...smokeChecks,
  {
    name: "GET /data with a token that nobody signed is refused",
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
        throw new Error(`wanted ${JSON.stringify(record)}, got ${said(answer)}`);
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
        throw new Error(`the first answer was ${said(first)}, the second ${said(again)}`);
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

export type Outcome = { passed: number; failed: number; skipped: number };

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** One line for each check, and the sum. Checks run one after another: their lines stay in order. */
export const runChecks = async (
  checks: readonly Check[],
  context: Context,
  print: (line: string) => void,
): Promise<Outcome> => {
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, needs, run } of checks) {
    if (needs !== undefined && context[needs] === undefined) {
      outcome.skipped += 1;
      print(`skipped  ${name}: there is no second token`);
      continue;
    }
    const start = performance.now();
    try {
      await run(context);
      outcome.passed += 1;
      print(`passed   ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      outcome.failed += 1;
      print(`FAILED   ${name}: ${reasonOf(error)}`);
    }
  }
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : "";
  print(`${outcome.passed} passed, ${outcome.failed} failed${skipped}`);
  return outcome;
};
