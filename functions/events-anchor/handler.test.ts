import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Anchor } from "#common/events/anchors/anchor.ts";
import { readHeads } from "#common/events/anchors/heads.ts";
import { organizationKey } from "#common/events/keys.ts";
import { appendAll } from "#common/events/testing/append-all.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const anchor = await startFunction("events-anchor");

/** Stores events as the persister does; answers the heads of their chains. */
const store = async (organizationId: string, count: number) => {
  const table = memoryTable();
  await appendAll(
    table,
    Array.from({ length: count }, (_, number) => eventMessage(number, { organizationId })),
  );
  await anchor.put("events", [organizationKey(organizationId), ...table.items()]);
  return readHeads(table, organizationId);
};
const anchorAt = (time: string) => anchor.invoke({ "scheduled-time": time });
const read = async (key: string) => {
  const text = await anchor.file("lake", key);
  return { text, anchor: JSON.parse(text) as Anchor };
};

describe("done", () => {
  it("writes the heads of every organization's chains under the day", async () => {
    const heads = [...(await store("acme", 20)), ...(await store("beta", 3))];

    await anchorAt("2025-01-31T03:00:00Z");

    const written = (await read("anchors/2025/01/31.json")).anchor;
    expect(written.time).toBe("2025-01-31T03:00:00.000Z");
    for (const head of heads) expect(written.heads).toContainEqual(head);
  });

  it("names the anchor before it and its hash", async () => {
    await anchorAt("2025-02-01T03:00:00Z");
    await anchorAt("2025-02-02T03:00:00Z");

    const before = (await read("anchors/2025/02/01.json")).text;
    expect((await read("anchors/2025/02/02.json")).anchor.previous).toEqual({
      key: "anchors/2025/02/01.json",
      hash: createHash("sha256").update(before).digest("base64url"),
    });
  });

  it("leaves a day's anchor as it is when the schedule fires twice", async () => {
    await anchorAt("2025-03-01T03:00:00Z");
    const first = (await read("anchors/2025/03/01.json")).text;
    await store("later", 5);

    await anchorAt("2025-03-01T03:00:00Z");

    expect((await read("anchors/2025/03/01.json")).text).toBe(first);
    expect(anchor.output().lines().at(-1)).toMatchObject({ repeated: true });
  });
});

describe("kept as a dead letter", () => {
  it("is an event that names no time", async () => {
    await anchor.invoke({ "scheduled-time": "yesterday" });

    expect(await anchor.deadLetters()).toEqual([
      { body: '{"scheduled-time":"yesterday"}', code: "MESSAGE_INVALID" },
    ]);
  });
});

describe("thrown, so that Lambda tries again", () => {
  it.each(["dynamodb:Query", "dynamodb:GetItem", "s3:ListBucket", "s3:PutObject"])(
    "is a refusal of %s, and nothing is written",
    async (action) => {
      await store("refused", 2);
      const keys = await anchor.keys("lake");
      anchor.refuse(action);

      await expect(anchorAt("2025-04-01T03:00:00Z")).rejects.toThrow();

      expect(await anchor.keys("lake")).toEqual(keys);
      expect(await anchor.deadLetters()).toEqual([]);
    },
  );
});
