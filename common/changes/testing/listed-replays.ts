import { memoryTable } from "#common/table/testing/memory-table.ts";
import { replayTable } from "../replay/replay-table.ts";

/** The items of so many replays of an organization that have ended. */
export const listedReplays = async (organizationId: string, count: number) => {
  const table = memoryTable();
  const replays = replayTable(table);
  for (let number = 0; number < count; number += 1) {
    const begun = { users: 1, usersDone: 1, events: number, after: "", heldUntil: 0, version: 1 };
    await replays.start({
      ...begun,
      id: `01990000-0000-7000-8000-${String(number).padStart(12, "0")}`,
      organizationId,
      state: "succeeded",
      request: { ratePerSecond: 50, as: "persistence_replay" },
      createdAt: new Date().toISOString(),
    });
  }
  return table.items();
};
