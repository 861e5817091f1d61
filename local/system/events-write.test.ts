import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { auditPartition, customerPartition, eventKey } from "#common/events/keys.ts";
import { entriesOf } from "#common/events/lists/run.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { queryAll } from "#common/table/table.ts";
import { eventually } from "#common/testing/eventually.ts";
import { type Reply, type System, startSystem } from "../testing/system.ts";

let system: System;
let writer: string;
let reader: string;
let admin: string;

beforeAll(async () => {
  system = await startSystem();
  const credentials = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const endpoint = { AWS_ENDPOINT_URL: system.platform.awsUrl, AWS_REGION: "us-east-1" };
  for (const [name, value] of Object.entries({ ...endpoint, ...credentials })) vi.stubEnv(name, value);
  writer = await system.token(["events.write"]);
  reader = await system.token(["events.read"]);
  admin = await system.token(["admin"]);
});
afterAll(() => system.stop());

const event = (more: object = {}) => ({
  customerId: "c1",
  type: "account_opened",
  description: "Savings account opened",
  ...more,
});

const post = (body: unknown, headers: Record<string, string> = {}) =>
  system.call("POST /events", { token: writer, body, headers });
const errorsOf = (reply: Reply) =>
  (reply.body as { errors?: { path: string; message: string }[] }).errors ?? [];
type Page = { items: { customerId: string; name: string }[]; cursor: string | null };
const page = (reply: Reply) => reply.body as Page;
type Accepted = { accepted: number; eventIds: string[] };

describe("POST /events", () => {
  it("takes one event and a batch of 500, and answers their ids", async () => {
    const one = await post(event({ eventId: "given-1" }));
    expect(one).toMatchObject({ status: 202, body: { accepted: 1, eventIds: ["given-1"] } });

    const many = await post(
      Array.from({ length: 500 }, (_, index) => event({ description: `Number ${index}` })),
    );
    const { accepted, eventIds } = many.body as Accepted;
    expect([many.status, accepted, new Set(eventIds).size]).toEqual([202, 500, 500]);
    expect(eventIds.toSorted()).toEqual(eventIds);
  });

  it("names every fault of a batch by index and takes none", async () => {
    const events: object[] = Array.from({ length: 200 }, () => event());
    events[123] = { customerId: "c1", type: "", description: "x", date: "2025-02-29T00:00:00Z" };
    events[124] = event({ eventId: "stats", more: 1 });

    const reply = await post(events);

    expect(reply).toMatchObject({ status: 400, body: { code: "INPUT_INVALID" } });
    expect(
      errorsOf(reply)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["/123/date", "/123/type", "/124/eventId", "/124/more"]);
  });

  it("gives the first answer to a repeated Idempotency-Key", async () => {
    const headers = { "idempotency-key": "k1" };
    const first = await post([event(), event()], headers);
    const again = await post([event(), event()], headers);

    expect(first.status).toBe(202);
    expect(again.text).toBe(first.text);
    expect((await post([event()], headers)).status).toBe(422);
  });

  it("wants the role events.write and the token's organization", async () => {
    expect((await system.call("POST /events", { token: reader, body: event() })).status).toBe(403);
    expect((await post(event({ organizationId: "other" }))).status).toBe(400);
    expect((await post(event({ organizationId: "demo" }))).status).toBe(202);
  });

  it("refuses a number that would not be kept as it was sent", async () => {
    const reply = await post(
      JSON.stringify(event({ detail: { n: 0 } })).replace('"n":0', '"n":12345678901234567890'),
    );

    expect(reply.status).toBe(400);
    expect(errorsOf(reply)).toMatchObject([
      { path: "/detail/n", message: expect.stringContaining("string") },
    ]);
  });
});

describe("customers", () => {
  const put = (customerId: string, body: unknown) =>
    system.call(`PUT /customers/${customerId}`, { token: writer, body });
  const get = (path: string, token = reader) => system.call(`GET ${path}`, { token });

  it("are created with 201, replaced with 200, read, found by name, erased with 204", async () => {
    const profile = {
      name: "Zoë Müller",
      email: "zoe@example.org",
      externalId: "u1",
      attributes: { a: [1] },
    };
    const made = await put("z1", profile);
    expect(made).toMatchObject({
      status: 201,
      body: { customerId: "z1", organizationId: "demo", ...profile },
    });
    const replaced = await put("z1", { name: "Zoë Huber" });
    expect(replaced.status).toBe(200);
    expect(replaced.body).not.toHaveProperty("email");

    expect((await get("/customers/z1")).body).toEqual(replaced.body);
    expect(page(await get("/customers?q=ZOE%20hub")).items).toEqual([replaced.body]);
    expect(page(await get("/customers?q=muller")).items).toEqual([]);

    expect((await system.call("DELETE /customers/z1", { token: writer })).status).toBe(403);
    expect((await system.call("DELETE /customers/z1", { token: admin })).status).toBe(204);
    expect((await get("/customers/z1")).status).toBe(404);
    expect(page(await get("/customers?q=zoe")).items).toEqual([]);
    expect((await system.call("DELETE /customers/z1", { token: admin })).status).toBe(404);
  });

  it("have an ETag, and of eight that name it in If-Match at once exactly one wins", async () => {
    const made = await put("tagged", { name: "Tagged" });
    const etag = made.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect((await get("/customers/tagged")).headers.get("etag")).toBe(etag);

    const headers = { "if-match": etag };
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        system.call("PUT /customers/tagged", { token: writer, body: { name: `Tagged ${at}` }, headers }),
      ),
    );

    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
    const winner = replies.find(({ status }) => status === 200);
    const now = await get("/customers/tagged");
    expect([now.body, now.headers.get("etag")]).toEqual([winner?.body, winner?.headers.get("etag")]);
    const erase = (condition: string) =>
      system.call("DELETE /customers/tagged", { token: admin, headers: { "if-match": condition } });
    expect((await erase(etag)).status).toBe(412);
    expect(await erase("tagged")).toMatchObject({
      status: 400,
      body: { errors: [{ in: "header", path: "/if-match" }] },
    });
    expect((await erase("*")).status).toBe(204);
  });

  it("come in full pages with a cursor for the next, bound to caller and filters", async () => {
    for (let index = 0; index < 7; index += 1) await put(`p${index}`, { name: `Paging Person${index}` });
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = null;
    do {
      const next: Page = page(await get(`/customers?q=paging&limit=3${cursor ? `&cursor=${cursor}` : ""}`));
      seen.push(...next.items.map(({ customerId }) => customerId));
      sizes.push(next.items.length);
      cursor = next.cursor;
    } while (cursor);
    expect(sizes).toEqual([3, 3, 1]);
    expect(seen).toEqual(["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);

    const first = page(await get("/customers?q=paging&limit=3")).cursor;
    const bob = await system.token(["events.read"], { sub: "bob" });
    expect((await get(`/customers?q=paging&limit=3&cursor=${first}`, bob)).status).toBe(400);
    expect((await get(`/customers?q=pag&limit=3&cursor=${first}`)).status).toBe(400);
    expect((await get("/customers?q=!")).status).toBe(400);
  });

  it("are the same by an id that is escaped in the path; a broken escape is 400", async () => {
    expect((await put("crm%3A42", { name: "Escaped" })).body).toMatchObject({ customerId: "crm:42" });

    expect((await get("/customers/crm:42")).body).toMatchObject({ name: "Escaped" });
    for (const broken of ["crm%3", "%zz", "%E0%A4"]) {
      expect((await get(`/customers/${broken}`)).status, broken).toBe(400);
    }
  });

  it("have ids of the pattern, good bodies, and an organization that is the token's", async () => {
    for (const id of ["stats", "-x", "a%20b", "x".repeat(101)]) {
      expect((await put(id, { name: "x" })).status, id).toBe(400);
      expect((await get(`/customers/${id}`)).status, id).toBe(400);
    }
    const bad = await put("b1", {
      name: "a\nb",
      email: "no",
      more: 1,
      attributes: { x: "x".repeat(33_000) },
    });
    expect(
      errorsOf(bad)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["/attributes", "/email", "/more", "/name"]);

    await put("o1", { name: "Ours" });
    const other = await system.token(["admin"], { organizationId: "other" });
    expect((await get("/customers/o1", other)).status).toBe(404);
    expect(page(await get("/customers", other)).items).toEqual([]);
    expect((await system.call("DELETE /customers/o1", { token: other })).status).toBe(404);
  });

  it("put at the same time by many end as one of them, whole", async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) => put("race", { name: `Racer Number${index}` })),
    );
    for (const { status } of replies) expect([200, 201, 409]).toContain(status);
    expect(replies.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);

    const { items } = page(await get("/customers?q=racer"));
    expect(items).toEqual([(await get("/customers/race")).body]);
    expect(page(await get("/customers?q=number")).items).toHaveLength(1);
  });
});

describe("what was taken", () => {
  const table = () => dynamodbTable("millrace-local-events");
  const entries = async (pk: string) =>
    (await queryAll(table(), { pk, from: "0", to: ":" })).flatMap(entriesOf);
  const drained = () =>
    eventually(
      async () =>
        ["millrace-local-events", "millrace-local-events-audit"].map((queue) => {
          const { visible, inFlight } = system.platform.queues.depth(queue);
          return visible + inFlight;
        }),
      (left) => left.every((messages) => messages === 0),
    );

  it("stands in the table, every event once, and none is a dead letter", async () => {
    const many = await post(
      Array.from({ length: 300 }, (_, index) => event({ description: `More ${index}` })),
    );
    const { eventIds } = many.body as Accepted;
    await drained();

    const stored = await table().getMany(eventIds.map((eventId) => eventKey("demo", eventId)));

    expect(stored).toHaveLength(300);
    expect(system.platform.queues.depth("millrace-local-events-dead")).toMatchObject({ visible: 0 });
  });

  it("is 409 with other content, and takes none of that batch; the same again is one event", async () => {
    const stands = event({ eventId: "stands", detail: { large: "x".repeat(6_000) } });
    expect((await post(stands)).status).toBe(202);
    await drained();

    expect((await post([event({ eventId: "fresh" }), stands])).status).toBe(202);
    const other = await post([event({ eventId: "never" }), { ...stands, type: "closed" }]);
    expect(other).toMatchObject({ status: 409, body: { code: "EVENT_ID_CONFLICT" } });
    expect(errorsOf(other)).toMatchObject([{ path: "/1/eventId" }]);

    await drained();
    const keys = ["stands", "fresh", "never"].map((eventId) => eventKey("demo", eventId));
    expect((await table().getMany(keys)).map(({ eventId }) => eventId).sort()).toEqual(["fresh", "stands"]);
  });

  it("has each change of a customer and nothing of its profile", async () => {
    await drained();
    const audits = await entries(auditPartition("demo"));
    const items = await table().getMany(audits.map(({ eventId }) => eventKey("demo", eventId)));
    const changes = items
      .map(({ detail }) => JSON.parse(String(detail ?? "null")))
      .filter((detail) => detail?.change && detail.customerId === "z1");

    expect(changes.map(({ change }) => change).sort()).toEqual([
      "customer_created",
      "customer_erased",
      "customer_replaced",
    ]);
    expect(await entries(customerPartition("demo", "z1"))).toEqual([]);
    expect(JSON.stringify(changes)).not.toMatch(/Zoë|Müller|Huber|zoe@/);
  });

  it("has each read of customers, on the audit chain only", async () => {
    await drained();
    const audits = await entries(auditPartition("demo"));

    expect(audits).toContainEqual(
      expect.objectContaining({ type: "audit", customerId: "-", description: "Read GET /customers" }),
    );
    const items = await table().getMany(audits.map(({ eventId }) => eventKey("demo", eventId)));
    const search = items.map(({ detail }) => String(detail)).find((detail) => detail.includes("ZOE hub"));
    expect(JSON.parse(search ?? "null")).toEqual({
      route: "GET /customers",
      filters: { q: "ZOE hub", limit: 25 },
      requestId: expect.any(String),
    });
    expect(await entries(customerPartition("demo", "-"))).toEqual([]);
  });
});
