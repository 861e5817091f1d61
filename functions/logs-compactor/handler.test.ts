import { describe, expect, it } from "vitest";
import { dayStates } from "#common/logs/compaction/day-states.ts";
import { addLateObject } from "#common/logs/compaction/late-object.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { aLine, putLines } from "#local/aws/athena/testing/lake.ts";
import { startFunction } from "#local/testing/start-function.ts";

const compactor = await startFunction("logs-compactor");

const DAY_MS = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const OLD = dayBefore(10);

const at = (day: string, hour: number) => `${day}T${String(hour).padStart(2, "0")}:00:00.000Z`;
const run = () => compactor.invoke({ "scheduled-time": new Date().toISOString() });

const item = async (organizationId: string, day = OLD) =>
  (await compactor.rows("logs")).find(({ pk, sk }) => pk === `${organizationId}#days#web` && sk === day);

const keys = async (organizationId: string, folder: string) =>
  (await compactor.keys("lake")).filter(
    (key) => key.startsWith(`${folder}/`) && key.includes(`/organization=${organizationId}/`),
  );

/** As if the move had been half a day ago. */
const waitHalfADay = async (organizationId: string) => {
  const found = await item(organizationId);
  if (found?.movedAt === undefined) throw new Error("nothing was moved");
  await compactor.put("logs", [{ ...found, movedAt: Number(found.movedAt) - DAY_MS / 2 }]);
};

const put = (organizationId: string, day: string, ids: readonly string[], name?: string) =>
  putLines(
    compactor.operator.s3,
    ids.map((id, hour) => aLine(organizationId, id, at(day, hour))),
    name,
  );

describe("done", () => {
  it("moves a day that is over into a generation, and sweeps what was raw half a day later", async () => {
    const raw = await put("moves", OLD, ["a", "b"]);

    await run();

    expect(await item("moves")).toMatchObject({ generation: 1, drawn: 1, settled: 1, movedUpTo: 1 });
    expect(await keys("moves", "logs")).toEqual(raw);
    expect(await keys("moves", "compacted")).toEqual([expect.stringContaining(`/generation=1/`)]);

    await run();
    expect(await keys("moves", "logs")).toEqual(raw);

    await waitHalfADay("moves");
    await run();

    expect(await keys("moves", "logs")).toEqual([]);
    expect(await keys("moves", "compacted")).toHaveLength(1);
    expect(await item("moves")).not.toHaveProperty("movedAt");
  });

  it("takes late objects into the next generation, and sweeps the one before it", async () => {
    await put("late", OLD, ["a"]);
    await run();
    await waitHalfADay("late");
    await run();

    const states = dayStates(dynamodbTable("millrace-local-logs"));
    await addLateObject(states, { organizationId: "late", logType: "web", day: OLD }, async () => {
      await put("late", OLD, ["b"], "late-1");
    });
    expect(await item("late")).toMatchObject({ generation: 1, settled: 0, writes: 1 });
    await run();
    await waitHalfADay("late");
    await run();

    expect(await item("late")).toMatchObject({ generation: 2, settled: 1 });
    expect(await keys("late", "logs")).toEqual([]);
    expect(await keys("late", "compacted")).toEqual([expect.stringContaining(`/generation=2/`)]);
    expect(await keys("late", "lists")).toEqual([expect.stringContaining(`/2.json`)]);
  });

  it("leaves days alone that ended less than 48 hours ago", async () => {
    const raw = await put("young", dayBefore(2), ["a"]);

    await run();

    expect(await item("young", dayBefore(2))).toBeUndefined();
    expect(await keys("young", "logs")).toEqual(raw);
  });
});

describe("kept as a dead letter", () => {
  it("is an event that names no time", async () => {
    await compactor.invoke({ "scheduled-time": "yesterday" });

    expect(await compactor.deadLetters()).toEqual([
      { body: '{"scheduled-time":"yesterday"}', code: "MESSAGE_INVALID" },
    ]);
  });
});

describe("left for the next night", () => {
  it.each(["sts:AssumeRole", "s3:PutObject"])(
    "is a day during which AWS refuses %s; it is counted, and then it moves",
    async (action) => {
      const organizationId = `refused-${action.replace(":", "-").toLowerCase()}`;
      const raw = await put(organizationId, OLD, ["a"]);
      compactor.refuse(action);

      await run();

      expect(compactor.output().text()).toContain("WorkLeft");
      expect(await keys(organizationId, "logs")).toEqual(raw);
    },
  );
});

describe("thrown, so that Lambda tries again", () => {
  it("is a refusal to list the lake", async () => {
    compactor.refuse("s3:ListBucket");

    await expect(run()).rejects.toThrow();
  });
});
