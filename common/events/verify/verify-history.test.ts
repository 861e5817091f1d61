import { describe, expect, it } from "vitest";
import { runJob } from "#common/jobs/testing/run-job.ts";
import type { Table } from "#common/table/table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { appendAll } from "../testing/append-all.ts";
import { eventMessage } from "../testing/events.ts";
import { makeVerifyHistory, verificationJob } from "./verify-history.ts";

const setup = async ({ beforeRead = () => {} }: { beforeRead?: (reads: number) => void } = {}) => {
  const table = memoryTable({ pageBytesMax: 5_000 });
  await appendAll(
    table,
    Array.from({ length: 500 }, (_, number) => eventMessage(number)),
  );
  let reads = 0;
  const store: Table = {
    ...table,
    queryPage: async (options) => {
      beforeRead(++reads);
      return table.queryPage(options);
    },
  };
  const run = await runJob({
    kind: verificationJob,
    request: {},
    work: (now) => makeVerifyHistory({ anchorOf: async () => null, store, now, checkpointMs: 5 }),
  });
  return { ...run, table };
};

describe("the job of a verification", () => {
  it("comes to the verdict in as many invocations as it takes, and counts each event once", async () => {
    const harness: { jump?: () => void } = {};
    const { drain, job, clock } = await setup({
      beforeRead: (reads) => {
        if (reads % 3 === 0) harness.jump?.();
      },
    });
    harness.jump = () => {
      clock.now += 1_500;
    };

    const delays = await drain();

    expect(delays.length).toBeGreaterThan(2);
    expect(await job()).toMatchObject({ state: "succeeded", result: { valid: true, checked: 500 } });
  });

  it("reports where a chain is broken", async () => {
    const { drain, job, table } = await setup();
    const item = table.items().find(({ sk }) => sk === "event");
    if (item) table.tamper(item, (event) => ({ ...event, description: "other" }));

    await drain();

    expect(await job()).toMatchObject({
      state: "succeeded",
      result: { valid: false, brokenAt: { eventId: item?.eventId } },
    });
  });
});
