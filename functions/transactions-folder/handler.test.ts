import { describe, expect, it } from "vitest";
import type { Item } from "#common/table/table.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import { startFunction } from "#local/testing/start-function.ts";

const folder = await startFunction("transactions-folder");
const at = (day: string) => folder.invoke({ "scheduled-time": `${day}T01:30:00Z` });
const DAY_MS = 86_400_000;

const accountOf = async (organizationId: string, accountId = "A1"): Promise<Item | undefined> =>
  (await folder.rows("transactions")).find(
    ({ pk, sk }) => pk === `${organizationId}#account#${accountId}` && sk === "account",
  );

describe("done", () => {
  it("hides pending rows that were listed more than 14 days before the night", async () => {
    const loaded = makeLoaded({ organizationId: "pending", now: () => Date.UTC(2026, 2, 1, 12) });
    await loaded.load([
      aFileRow({ transactionId: "t1", status: "pending" }),
      aFileRow({ transactionId: "t2", status: "posted" }),
    ]);
    await folder.put("transactions", loaded.items());

    await at("2026-03-15");
    expect(await accountOf("pending")).toMatchObject({ shown: 2 });
    await at("2026-03-16");

    expect(await accountOf("pending")).toMatchObject({ shown: 1, last: 3 });
    expect(folder.output().lines().at(-1)).toMatchObject({ items: 1 });
  });

  it("folds what is older than cursors live, and deletes what it replaced two days later", async () => {
    const long = Date.now() - 100 * DAY_MS;
    const loaded = makeLoaded({ organizationId: "fold", now: () => long });
    await loaded.load(Array.from({ length: 30 }, (_, number) => aFileRow({ transactionId: `t${number}` })));
    await folder.put("transactions", loaded.items());
    const feedOf = async (kind: string) =>
      (await folder.rows("transactions")).filter(
        ({ pk, sk }) => pk === "fold#feed#A1" && sk.startsWith(kind),
      );

    await at("2026-04-01");
    const folded = await accountOf("fold");
    expect(folded).toMatchObject({ folded: 30 });
    expect([(await feedOf("base#")).length, (await feedOf("segment#")).length > 0]).toEqual([1, true]);
    await folder.put("transactions", [
      { ...(folded as Item), foldedAt: new Date(Date.now() - 2 * DAY_MS).toISOString() },
    ]);
    await at("2026-04-02");

    expect([(await feedOf("base#")).length, (await feedOf("segment#")).length]).toEqual([1, 0]);
    expect(await accountOf("fold")).toMatchObject({ swept: 30 });
  });

  it("is done once a night, however often the schedule fires", async () => {
    await at("2026-05-01");
    await at("2026-05-01");

    expect(folder.output().lines().at(-1)).toMatchObject({ items: 0 });
  });
});

describe("kept as a dead letter", () => {
  it("is an event that names no time", async () => {
    await folder.invoke({ "scheduled-time": "tonight" });

    expect(await folder.deadLetters()).toMatchObject([{ code: "MESSAGE_INVALID" }]);
  });
});

describe("thrown, so that Lambda tries again", () => {
  it.each(["dynamodb:Query", "dynamodb:BatchGetItem"])("is a refusal of %s", async (action) => {
    const loaded = makeLoaded({ organizationId: "refused" });
    await loaded.load([aFileRow()]);
    await folder.put("transactions", loaded.items());
    folder.refuse(action);

    await expect(at("2026-06-01")).rejects.toThrow();
  });
});
