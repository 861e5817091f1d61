import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { aUserRow } from "#common/changes/testing/streamed-users.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const desk = await startFunction("changes-desk");
const users = changesTable(dynamodbTable("millrace-local-changes"), Date.now);

const admin = (organizationId: string) => callerContext({ organizationId, userId: "ann", roles: "admin" });
const ask = (
  route: string,
  organizationId: string,
  more: { params?: Record<string, string>; body?: unknown; query?: Record<string, string> } = {},
) => desk.ask({ route, authorizer: admin(organizationId), ...more });
const post = (organizationId: string, body: unknown) =>
  ask("POST /changes/replays", organizationId, { body });
const read = (organizationId: string, id: string) =>
  ask("GET /changes/replays/{id}", organizationId, { params: { id } });
const cancel = (organizationId: string, id: string) =>
  ask("DELETE /changes/replays/{id}", organizationId, { params: { id } });

describe("GET /changes/users/{userId}", () => {
  const get = (organizationId: string, userId: string) =>
    ask("GET /changes/users/{userId}", organizationId, { params: { userId: encodeURIComponent(userId) } });

  it.each(["u1", "a/b", "two words", "1+1", "100%", "😀"])("200: says how far %s is", async (userId) => {
    const user = { organizationId: "users", userId, key: "users/users/k.json", spelled: "k" };
    await users.save(user, aUserRow(user.key, 3));

    expect(await get("users", userId)).toMatchObject({
      status: 200,
      json: {
        userId,
        exists: true,
        generation: 0,
        writeCounter: 3,
        streamed: 3,
        lanes: { real: "3.1", test: "0.0" },
        version: "v1",
        streamedAt: "2026-01-31T12:00:00.000Z",
      },
    });
    expect((await get("others", userId)).status).toBe(404);
  });

  it("200: says what blocks a user", async () => {
    const user = { organizationId: "blocked", userId: "u1", key: "k", spelled: "u1" };
    await users.save(user, aUserRow("k", 1, { blocked: { version: "v2", code: "FILE_NOT_JSON" } }));

    expect((await get("blocked", "u1")).json).toMatchObject({
      blocked: { version: "v2", code: "FILE_NOT_JSON" },
    });
  });

  it("404: is what a user without a row is, and an id longer than a key", async () => {
    expect((await get("users", "nobody")).status).toBe(404);
    expect((await get("users", "😀".repeat(1_000))).status).toBe(404);
  });

  it("403: is what a caller without the role gets", async () => {
    const authorizer = callerContext({ organizationId: "users", roles: "events.read" });

    expect(
      (await desk.ask({ route: "GET /changes/users/{userId}", params: { userId: "u1" }, authorizer })).status,
    ).toBe(403);
  });
});

describe("POST /changes/replays", () => {
  it("202: keeps a replay, rings for its worker and records who asked", async () => {
    const { status, json, headers } = await post("started", { userId: "u1", fromWriteCounter: 2 });

    expect(status).toBe(202);
    expect(json).toEqual({ id: expect.any(String) });
    expect(headers).toMatchObject({ location: `/changes/replays/${json.id}` });
    expect(await desk.sent("changes-replays")).toEqual([{ organizationId: "started", id: json.id }]);
    expect(await desk.sent("events-audit")).toMatchObject([
      { actor: "ann", detail: { change: "replay_started", replayId: json.id } },
    ]);
    expect((await read("started", json.id)).json).toEqual({
      id: json.id,
      state: "running",
      users: null,
      usersDone: 0,
      events: 0,
    });
  });

  it.each([
    [{}, "body "],
    [{ userId: "u1", all: true }, "body "],
    [{ all: false }, "body /all"],
    [{ all: true, lane: "fast" }, "body /lane"],
    [{ all: true, ratePerSecond: 501 }, "body /ratePerSecond"],
    [{ all: true, ratePerSecond: 0 }, "body /ratePerSecond"],
    [{ all: true, fromWriteCounter: -1 }, "body /fromWriteCounter"],
    [{ all: true, as: "changes_gap" }, "body /as"],
    [{ all: true, speed: 1 }, "body /speed"],
  ])("400: refuses %j", async (body, where) => {
    const { status, json } = await post("refused", body);

    expect(status).toBe(400);
    expect(
      json.errors.map(({ in: part, path }: { in: string; path: string }) => `${part} ${path}`),
    ).toContain(where);
    expect(await desk.sent("changes-replays")).toEqual([]);
  });

  it("409: has one at a time for an organization, and the next once it was cancelled", async () => {
    const { json } = await post("busy", { all: true });

    expect(await post("busy", { all: true })).toMatchObject({
      status: 409,
      json: { code: "REPLAY_IN_PROGRESS" },
    });
    expect((await post("free", { all: true })).status).toBe(202);
    expect((await cancel("busy", json.id)).status).toBe(204);
    expect((await post("busy", { all: true })).status).toBe(202);
  });

  it("409: lets one of two through that come at once", async () => {
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await post("together", { all: true })).status),
    );

    expect(statuses.toSorted()).toEqual([202, 409, 409]);
  });

  it("500: leaves nothing in the way of the next when the queue does not take it", async () => {
    desk.refuse("sqs:SendMessage");

    expect((await post("unsent", { all: true })).status).toBe(500);
    expect((await post("unsent", { all: true })).status).toBe(500);
  });
});

describe("GET /changes/replays", () => {
  it("200: lists the organization's own, the newest first, in pages", async () => {
    const ids: string[] = [];
    for (let number = 0; number < 3; number += 1) {
      const { json } = await post("listed", { all: true });
      await cancel("listed", json.id);
      ids.unshift(json.id);
    }
    await users.save(
      { organizationId: "listed", userId: "replays", key: "k", spelled: "replays" },
      aUserRow("k", 1),
    );

    const first = await ask("GET /changes/replays", "listed", { query: { limit: "2" } });
    const second = await ask("GET /changes/replays", "listed", {
      query: { limit: "2", cursor: first.json.cursor },
    });

    const items = [...first.json.items, ...second.json.items];
    expect(items.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual(
      ids.map((id) => [id, "cancelled"]),
    );
    expect(second.json.cursor).toBeNull();
  });
});

describe("DELETE /changes/replays/{id}", () => {
  it("204: cancels one that runs, records it, and leaves one that has ended", async () => {
    const { json } = await post("ended", { all: true });
    await desk.sent("events-audit");

    expect((await cancel("ended", json.id)).status).toBe(204);
    expect((await cancel("ended", json.id)).status).toBe(204);

    expect((await read("ended", json.id)).json.state).toBe("cancelled");
    expect(await desk.sent("events-audit")).toMatchObject([{ detail: { change: "replay_cancelled" } }]);
  });

  it("404: is what another organization's replay is, and what no id is", async () => {
    const { json } = await post("owned", { all: true });

    expect((await cancel("others", json.id)).status).toBe(404);
    expect((await read("others", json.id)).status).toBe(404);
    expect((await read("owned", "last")).status).toBe(404);
  });
});

describe("GET /changes/claims/{eventId}", () => {
  const get = (organizationId: string, eventId: string) =>
    ask("GET /changes/claims/{eventId}", organizationId, { params: { eventId } });
  const id = "0123456789abcdef0123456789abcdef";

  it("302: leads to the data, for its organization alone", async () => {
    const key = `claims/claimed/u1/${id}.json`;
    await desk.operator.s3.send(
      new PutObjectCommand({ Bucket: "millrace-local-changes", Key: key, Body: '"large"' }),
    );
    await users.addClaim({ organizationId: "claimed", userId: "u1" }, { id, key });

    const { status, headers } = await get("claimed", id);

    expect(status).toBe(302);
    const location = String(headers?.location);
    expect(location).toContain("X-Amz-Expires=900");
    expect(await (await fetch(location)).text()).toBe('"large"');
    expect((await get("others", id)).status).toBe(404);
  });

  it("404: is what a claim is that is gone, and an event that is none", async () => {
    await users.addClaim({ organizationId: "gone", userId: "u1" }, { id, key: `claims/gone/u1/${id}.json` });

    expect((await get("gone", id)).status).toBe(404);
    expect((await get("gone", "x")).status).toBe(404);
  });
});
