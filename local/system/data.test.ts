import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { type Reply, type System, startSystem } from "../testing/system.ts";

let system: System;
let reader: string;
let writer: string;

beforeAll(async () => {
  system = await startSystem();
  writer = await system.token(["data.read", "data.write"]);
  reader = await system.token(["data.read"]);
});
afterAll(() => system.stop());

type Page = { items: { id: string; createdAt: string; data: unknown }[]; cursor: string | null };
const page = (reply: Reply) => reply.body as Page;

const post = async (body: unknown, token = writer) => {
  const reply = await system.call("POST /data", { token, body });
  expect(reply.status, reply.text).toBe(202);
  return reply.body as { id: string; createdAt: string };
};

const readable = (id: string, token = writer) =>
  eventually(
    () => system.call(`GET /data/${id}`, { token }),
    ({ status }) => status === 200,
  );

describe("a record", () => {
  it("is answered 202 and readable within a second", async () => {
    await readable((await post({ warm: true })).id);
    const made = await post({ informationOne: "aaa23", informationTwo: "bbb24" });
    const startedAt = performance.now();

    const { body } = await readable(made.id);

    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(body).toEqual({ ...made, data: { informationOne: "aaa23", informationTwo: "bbb24" } });
    expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it.each([
    ["large numbers", '{"n":12345678901234567890.123,"e":1e400}'],
    ["escapes and their spelling", '{"a":"\\u00e9\\/","é":"e\\u0301"}'],
    ["order, spaces and nesting", '{ "b": 1,\n  "a": [ {}, [] ] }'],
    ["emoji and right-to-left text", '{"😀":"שלום \u202e","z":"\\ud83d\\ude00"}'],
    [
      "a hundred fields",
      JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, n]))),
    ],
  ])("is stored as it was sent: %s", async (_, text) => {
    const { id } = await post(text);

    expect((await readable(id)).text).toContain(`"data":${text}}`);
  });

  it("of another user or organization, or that does not exist, is 404", async () => {
    const { id } = await post({ mine: true });
    await readable(id);

    const bob = await system.token(["data.read"], { sub: "bob" });
    const other = await system.token(["data.read"], { organizationId: "other" });
    for (const token of [bob, other]) {
      expect((await system.call(`GET /data/${id}`, { token })).status).toBe(404);
      expect(page(await system.call("GET /data", { token })).items).toEqual([]);
    }
    for (const unknown of ["nothing", "..%2f..", "%00", "a".repeat(500)]) {
      expect((await system.call(`GET /data/${unknown}`, { token: writer })).status).toBe(404);
    }
  });
});

describe("the list of records", () => {
  it("comes newest first, in full pages, with a null cursor exactly at the end", async () => {
    const token = await system.token(["data.read", "data.write"], { sub: "lister" });
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) ids.push((await post({ n }, token)).id);
    await eventually(
      () => system.call("GET /data", { token }),
      (reply) => page(reply).items.length === 7,
    );

    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = null;
    do {
      const next: Page = page(
        await system.call(`GET /data?limit=3${cursor ? `&cursor=${cursor}` : ""}`, { token }),
      );
      seen.push(...next.items.map(({ id }) => id));
      sizes.push(next.items.length);
      cursor = next.cursor;
    } while (cursor);

    expect(sizes).toEqual([3, 3, 1]);
    expect(seen).toEqual(ids.toSorted().reverse());
    expect(page(await system.call("GET /data?limit=7", { token })).cursor).toBeNull();
  });

  it("refuses a cursor that was altered or belongs to another user", async () => {
    const token = await system.token(["data.read", "data.write"], { sub: "pager" });
    await Promise.all([post({ a: 1 }, token), post({ b: 1 }, token)]);
    const full = await eventually(
      () => system.call("GET /data?limit=1", { token }),
      (reply) => page(reply).cursor !== null,
    );
    const cursor = page(full).cursor ?? "";
    const other = await system.token(["data.read"], { sub: "other-pager" });
    const flipped = cursor.replace(/.$/, (last) => (last === "A" ? "B" : "A"));

    for (const [bad, by] of [
      [cursor, other],
      [flipped, token],
      [cursor.slice(0, -4), token],
      ["garbage", token],
      ["AQ", token],
    ] as const) {
      const reply = await system.call(`GET /data?limit=1&cursor=${bad}`, { token: by });
      expect(reply).toMatchObject({ status: 400, body: { code: "CURSOR_INVALID" } });
    }
    expect((await system.call(`GET /data?limit=1&cursor=${cursor}`, { token })).status).toBe(200);
  });

  it("names every fault of a query", async () => {
    const reply = await system.call("GET /data?limit=500&curser=x", { token: reader });

    expect(reply).toMatchObject({ status: 400, body: { code: "INPUT_INVALID" } });
    expect((reply.body as { errors: { path: string }[] }).errors.map(({ path }) => path).sort()).toEqual([
      "/curser",
      "/limit",
    ]);
  });
});

describe("a bad body", () => {
  const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  it.each([
    ["not JSON", "{", 400, "BODY_NOT_JSON"],
    ["empty", "", 400, "BODY_NOT_JSON"],
    ["an array", "[1]", 400, "INPUT_INVALID"],
    ["a string", '"x"', 400, "INPUT_INVALID"],
    ["no fields", "{}", 400, "INPUT_INVALID"],
    [
      "101 fields",
      JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [n, n]))),
      400,
      "INPUT_INVALID",
    ],
    ["deep nesting", deep, 400, "INPUT_INVALID"],
    ["a lone surrogate", '{"a":"\\ud800"}', 400, "INPUT_INVALID"],
    ["__proto__", '{"__proto__":{"admin":true}}', 400, "INPUT_INVALID"],
    ["over 256 KB", JSON.stringify({ a: "x".repeat(262_144) }), 413, "BODY_TOO_LARGE"],
    ["over 1 MB", JSON.stringify({ a: "x".repeat(1_100_000) }), 413, "BODY_TOO_LARGE"],
    ["over 10 MB", JSON.stringify({ a: "x".repeat(10_600_000) }), 413, "BODY_TOO_LARGE"],
  ])("that is %s is refused with its fault named", async (_, body, status, code) => {
    const reply = await system.call("POST /data", { token: writer, body });

    expect(reply).toMatchObject({ status, body: { status, code } });
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(reply.headers.get("x-request-id")).toBe((reply.body as { requestId: string }).requestId);
    expect(reply.text).not.toMatch(/at .*\.(ts|cjs)/);
  });

  it("with several faults has each named", async () => {
    const reply = await system.call("POST /data", { token: writer, body: '{"a":"\\ud800","__proto__":1}' });

    expect((reply.body as { errors: { path: string }[] }).errors.map(({ path }) => path).sort()).toEqual([
      "/__proto__",
      "/a",
    ]);
  });
});

describe("an Idempotency-Key", () => {
  it("makes one record of a repeated request, and gives the first answer again", async () => {
    const token = await system.token(["data.read", "data.write"], { sub: "repeater" });
    const request = { token, headers: { "idempotency-key": "k1" }, body: { once: true } };

    const first = await system.call("POST /data", request);
    const again = await system.call("POST /data", request);

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    await eventually(
      () => system.call("GET /data", { token }),
      (reply) => page(reply).items.length > 0,
    );
    expect(page(await system.call("GET /data", { token })).items).toHaveLength(1);
    expect((await system.call("POST /data", { ...request, body: { once: false } })).status).toBe(422);
    const bob = await system.token(["data.write"], { sub: "bob" });
    expect((await system.call("POST /data", { ...request, token: bob })).body).not.toEqual(first.body);
  });

  it("answers 409 with Retry-After, or the first answer, to the same request at the same time", async () => {
    const request = { token: writer, headers: { "idempotency-key": "k2" }, body: { at: "once" } };

    const replies = await Promise.all(Array.from({ length: 6 }, () => system.call("POST /data", request)));

    const accepted = replies.filter(({ status }) => status === 202);
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1);
    for (const reply of replies.filter(({ status }) => status !== 202)) {
      expect(reply.status).toBe(409);
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  });
});

describe("the platform", () => {
  it("answers its health, its dependencies and its document", async () => {
    const admin = await system.token(["admin"]);

    expect(await system.call("GET /health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await system.call("GET /health/dependencies", { token: admin })).toMatchObject({
      status: 200,
      body: { status: "ok" },
    });
    expect((await system.call("GET /health/dependencies", { token: writer })).status).toBe(403);
    const document = (await system.call("GET /openapi.json")).body as { openapi: string; paths: object };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        ...new Set(
          system.platform.declarations.manifests.flatMap(({ triggers }) =>
            triggers.flatMap((trigger) =>
              trigger.type === "http" ? [trigger.route.split(" ")[1] ?? ""] : [],
            ),
          ),
        ),
      ].sort(),
    );
  });

  it("refuses a caller without a token, a role or an organization", async () => {
    expect((await system.call("GET /data")).status).toBe(401);
    expect((await system.call("GET /data", { token: "garbage" })).status).toBe(401);
    expect((await system.call("POST /data", { token: reader, body: { a: 1 } })).status).toBe(403);
    const nowhere = await system.token(["data.read"], { organizationId: null });
    expect((await system.call("GET /data", { token: nowhere })).status).toBe(403);
    expect((await system.call("GET /nothing", { token: reader })).status).toBe(404);
    expect((await system.call("DELETE /data", { token: reader })).status).toBe(404);
  });

  it("answers a token of 8 KB with 401 and one of 100 KB with 431", async () => {
    expect((await system.call("GET /data", { token: "x".repeat(8_192) })).status).toBe(401);
    expect((await system.call("GET /data", { token: "x".repeat(100_000) })).status).toBe(431);
  });
});
