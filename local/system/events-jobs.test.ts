import { createHash } from "node:crypto";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnchoredHead } from "#common/events/anchors/heads.ts";
import { verifyFile } from "#common/events/verify/verify-file.ts";
import { eventually } from "#common/testing/eventually.ts";
import { clientsFor } from "../aws/testing/port.ts";
import { type System, startSystem } from "../testing/system.ts";

const LAKE = "millrace-local-lake";

let system: System;
let token: string;
let clients: ReturnType<typeof clientsFor>;

const post = async (organizationId: string, events: object[]): Promise<void> => {
  const writer = await system.token(["events.write", "events.read"], { organizationId });
  const reply = await system.call("POST /events", { token: writer, body: events });
  expect(reply.status, reply.text).toBe(202);
};
const count = async (organizationId: string): Promise<number> => {
  const reader = await system.token(["events.read"], { organizationId });
  const { body } = await system.call("GET /events/verify", { token: reader });
  return (body as { checked: number }).checked;
};

beforeAll(async () => {
  system = await startSystem();
  clients = clientsFor(system.platform.awsUrl);
  token = await system.token(["events.read"]);
  await post(
    "demo",
    Array.from({ length: 60 }, (_, number) => ({
      eventId: `e-${String(number).padStart(3, "0")}`,
      customerId: `c-${number % 3}`,
      type: number % 2 === 0 ? "opened" : "closed",
      description: number === 0 ? '=HYPERLINK("x")' : `Number ${number}, "quoted"`,
      date: new Date(Date.UTC(2025, 0, 1) + number * 1_000).toISOString(),
    })),
  );
  await eventually(
    () => count("demo"),
    (checked) => checked >= 60,
  );
});
afterAll(() => system.stop());

const lines = async function* (text: string) {
  yield* text.trimEnd().split("\n");
};

/** An anchor's heads of one organization. */
const anchoredHeads = async (key: string, organizationId: string): Promise<AnchoredHead[]> => {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: LAKE, Key: key }));
  const { heads } = JSON.parse((await Body?.transformToString()) ?? "") as { heads: AnchoredHead[] };
  return heads.filter((head) => head.organizationId === organizationId);
};

describe("an export of a few events", () => {
  it("is CSV with the filters of a list, and harmless to spreadsheets", async () => {
    const { status, headers, text } = await system.call("GET /events/export?type=opened&order=asc", {
      token,
    });

    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/csv/);
    const rows = text.trimEnd().split("\r\n");
    expect(rows).toHaveLength(31);
    expect(rows[1]).toMatch(/^e-000,c-0,opened,"'=HYPERLINK\(""x""\)",2025-01-01T00:00:00.000Z,/);
  });

  it("is NDJSON that the day's anchor alone proves", async () => {
    const time = "2025-02-01T03:00:00Z";
    expect(await system.platform.invoker.invoke("events-anchor", { "scheduled-time": time })).toMatchObject({
      outcome: "answered",
    });
    const heads = await anchoredHeads("anchors/2025/02/01.json", "demo");

    const { text } = await system.call("GET /events/export?format=ndjson", { token });

    expect(await verifyFile(() => lines(text), heads)).toMatchObject({
      valid: true,
      checked: 60,
      faults: [],
    });
    const other = text.replace("Number 7,", "Number 8,");
    expect(await verifyFile(() => lines(other), heads)).toMatchObject({ valid: false });
  });

  it.each([
    ["?format=xml", 400],
    ["?order=up", 400],
    ["?limit=5", 400],
    ["?from=yesterday", 400],
    ["s/018f0000-0000-7000-8000-000000000001", 404],
    ["s/x", 404],
  ])("GET /events/export%s is %i", async (rest, status) => {
    expect((await system.call(`GET /events/export${rest}`, { token })).status).toBe(status);
  });
});

describe("an export of many", () => {
  it("is a job, whose file its link gets without a token", async () => {
    const organizationId = "large";
    for (const part of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      await post(
        organizationId,
        Array.from({ length: 20 }, (_, number) => ({
          customerId: "c-1",
          type: "opened",
          description: `Number ${part * 20 + number}`,
          detail: { text: "x".repeat(40_000) },
        })),
      );
    }
    await eventually(
      () => count(organizationId),
      (checked) => checked >= 240,
    );
    const reader = await system.token(["events.read"], { organizationId });

    const started = await system.call("GET /events/export?format=ndjson", { token: reader });
    expect(started.status).toBe(202);
    const location = started.headers.get("location") ?? "";
    expect(location).toMatch(/^\/events\/exports\/[0-9a-f-]{36}$/);
    const done = await eventually(
      () => system.call(`GET ${location}`, { token: reader }),
      ({ body }) => (body as { status: string }).status === "succeeded",
    );

    expect(done.body).toMatchObject({ status: "succeeded", rows: 240 });
    const file = await fetch((done.body as { url: string }).url);
    expect(file.status).toBe(200);
    expect(file.headers.get("content-disposition")).toMatch(
      /^attachment; filename="events-large-.*\.ndjson"$/,
    );
    const rows = (await file.text()).trimEnd().split("\n");
    expect(new Set(rows.map((row) => JSON.parse(row).eventId)).size).toBe(240);

    expect((await system.call(`GET ${location}`, { token })).status).toBe(404);
    const bob = await system.token(["events.read"], { organizationId, sub: "bob" });
    expect((await system.call(`GET ${location}`, { token: bob })).status).toBe(404);
    const altered = (done.body as { url: string }).url.replace("large", "demo");
    expect((await fetch(altered)).status).toBe(403);
  });
});

describe("verifying", () => {
  it("finds nothing in what the platform stored, and counts the events that were posted", async () => {
    const { status, body } = await system.call("GET /events/verify", { token });

    expect(status).toBe(200);
    expect(body).toMatchObject({ valid: true });
    expect((body as { checked: number }).checked).toBe(60);
  });

  it("has no job that was not started", async () => {
    const { status } = await system.call("GET /events/verifications/018f0000-0000-7000-8000-000000000001", {
      token,
    });

    expect(status).toBe(404);
  });
});

describe("the callers of exports and verifications", () => {
  it("is recorded", async () => {
    const routes = async () => {
      const reply = await system.call("GET /events/export?type=audit&format=ndjson", { token });
      const events = reply.text.trimEnd().split("\n");
      return events.map((line) => (JSON.parse(line) as { detail: { route: string } }).detail.route);
    };

    const there = await eventually(routes, (found) =>
      ["GET /events/export", "GET /events/verify"].every((route) => found.includes(route)),
    );

    // Polling one's own job shows no event, so it is not a recorded read.
    expect(there).not.toContain("GET /events/exports/{id}");
  });
});

describe("the daily anchor", () => {
  it("is linked to the one before, and never written over", async () => {
    const invoke = (time: string) =>
      system.platform.invoker.invoke("events-anchor", { "scheduled-time": time });
    await invoke("2025-03-01T03:00:00Z");
    const first = await clients.s3.send(
      new GetObjectCommand({ Bucket: LAKE, Key: "anchors/2025/03/01.json" }),
    );
    const bytes = (await first.Body?.transformToByteArray()) ?? new Uint8Array();
    await invoke("2025-03-02T03:00:00Z");
    expect(await invoke("2025-03-01T03:00:00Z")).toMatchObject({ outcome: "answered" });

    const { Contents = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: LAKE, Prefix: "anchors/2025/03/" }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual(["anchors/2025/03/01.json", "anchors/2025/03/02.json"]);
    const next = await clients.s3.send(
      new GetObjectCommand({ Bucket: LAKE, Key: "anchors/2025/03/02.json" }),
    );
    expect(JSON.parse((await next.Body?.transformToString()) ?? "").previous).toEqual({
      key: "anchors/2025/03/01.json",
      hash: createHash("sha256").update(bytes).digest("base64url"),
    });
    expect(Contents[0]?.ETag).toBe(first.ETag);
  });
});
