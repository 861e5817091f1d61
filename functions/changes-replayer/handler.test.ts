import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { replayTable } from "#common/changes/replay/replay-table.ts";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { aUserRow } from "#common/changes/testing/streamed-users.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const replayer = await startFunction("changes-replayer", {
  BUSINESS_EVENT_SOURCE: "co.cogo.test",
  BUS_ENTRY_BYTES: "240000",
});
const table = dynamodbTable("millrace-local-changes");
const replays = replayTable(table);
const users = changesTable(table, Date.now);

const idOf = (number: number) => `01990000-0000-7000-8000-${String(number).padStart(12, "0")}`;

const streamed = async (organizationId: string, userId: string) => {
  const key = `users/${organizationId}/${encodeURIComponent(userId)}.json`;
  const Body = JSON.stringify({
    user_id: userId,
    write_counter: 2,
    changelog: [1, 2].map((write_counter) => ({ write_counter, type: "txn", data: { amount: "22.00" } })),
  });
  const { VersionId = "" } = await replayer.operator.s3.send(
    new PutObjectCommand({ Bucket: "millrace-local-changes", Key: key, Body }),
  );
  const user = { organizationId, userId, key, spelled: encodeURIComponent(userId) };
  await users.save(user, aUserRow(key, 2, { applied: VersionId, file: VersionId }));
};
const start = async (organizationId: string, id: string, userId?: string) => {
  const begun = { users: null, usersDone: 0, events: 0, after: "", heldUntil: 0, version: 1 };
  const request = { ratePerSecond: 500, as: "persistence_replay" as const, ...(userId ? { userId } : {}) };
  const createdAt = new Date().toISOString();
  await replays.start({ ...begun, id, organizationId, state: "running", request, createdAt });
  return { organizationId, id };
};

describe("none failed", () => {
  it("publishes all users' files again, and no rule on persistence hears of it", async () => {
    for (const userId of ["u1", "a/b", "two words"]) await streamed("all", userId);

    expect(await replayer.deliver(await start("all", idOf(1)))).toEqual([]);

    const published = replayer.published();
    expect(published.map(({ "detail-type": name }) => name)).toEqual(Array(3).fill("persistence_replay"));
    expect(published.map(({ detail }) => (detail as { user_id: string }).user_id).toSorted()).toEqual([
      "a/b",
      "two words",
      "u1",
    ]);
    expect(await replays.read("all", idOf(1))).toMatchObject({
      state: "succeeded",
      users: 3,
      usersDone: 3,
      events: 6,
    });
  });

  it("publishes one user's file, and nothing of a user who is not known", async () => {
    for (const userId of ["u1", "u2"]) await streamed("one", userId);
    await replayer.deliver(await start("one", idOf(2), "u2"));
    await replayer.deliver(await start("one", idOf(3), "nobody"));

    expect(replayer.published()).toMatchObject([
      { detail: { user_id: "u2", replay: idOf(2), number: "2.1" } },
    ]);
    expect(await replays.read("one", idOf(3))).toMatchObject({ state: "succeeded", users: 0, events: 0 });
  });

  it("is what the message of a replay that has ended comes to", async () => {
    const message = await start("over", idOf(4));
    await replays.end("over", idOf(4), "cancelled");

    expect(await replayer.deliver(message)).toEqual([]);
    expect(await replayer.deliver({ organizationId: "nobody", id: idOf(9) })).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it.each([
    ["{", "MESSAGE_NOT_JSON"],
    ['{"id":"x"}', "MESSAGE_INVALID"],
  ])("is what %s comes to", async (body, code) => {
    expect(await replayer.deliver(body)).toEqual([]);

    expect(await replayer.deadLetters()).toEqual([{ body, code }]);
  });
});

describe("failed", () => {
  it("sends the message back while the bus refuses", async () => {
    await streamed("refused", "u1");
    const message = await start("refused", idOf(5));
    replayer.refuse("events:PutEvents");

    expect(await replayer.deliver(message)).toEqual(["message-0"]);

    expect(await replays.read("refused", idOf(5))).toMatchObject({ state: "running", usersDone: 0 });
  });
});
