import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { openLedger } from "./ledger.ts";
import { awaitUpload, registerDelivery } from "./register-import.ts";
import { makeStopImport } from "./stop-import.ts";
import { memoryImportBucket } from "./testing/memory-import-bucket.ts";
import { makeWatchImports } from "./watch-imports.ts";

const MINUTE = 60_000;
const kind = { service: "toys" };

const setup = () => {
  const table = memoryTable();
  const { bucket } = memoryImportBucket();
  const ledger = openLedger(table);
  let clock = Date.UTC(2026, 0, 1);
  const now = () => clock;
  const deps = { table, bucket, ledger, now };
  const stuck: string[] = [];
  const sent: unknown[] = [];
  const watch = makeWatchImports({
    ...deps,
    stopImport: makeStopImport(deps),
    queuesOf: () => ({ revert: async (message) => void sent.push(message) }),
    onStuck: ({ importId }) => void stuck.push(importId),
  });
  return {
    ledger,
    stuck,
    sent,
    later: (minutes: number) => {
      clock += minutes * MINUTE;
      return watch();
    },
    deliver: () =>
      registerDelivery(deps)(kind, "demo", {
        key: "toys/demo/a.csv",
        versionId: "v",
        bytes: 1,
        timeMs: 1,
      }),
    announce: () =>
      awaitUpload(deps)(kind, {
        importId: "01890000-0000-7000-8000-000000000001",
        organizationId: "demo",
        key: "uploads/toys/demo/01890000-0000-7000-8000-000000000001.csv",
        fileName: "a.csv",
        bytes: 1,
        dryRun: false,
        options: {},
        startedBy: "ann",
      }),
  };
};

describe("watching imports", () => {
  it("fails an upload that has not come within a day, and not a minute before", async () => {
    const { announce, later, ledger, sent } = setup();
    const { importId } = await announce();

    await later(24 * 60 - 1);
    expect((await ledger.read(importId))?.phase).toBe("awaitingUpload");
    await later(1);

    expect(await ledger.read(importId)).toMatchObject({
      phase: "failed",
      reason: { code: "UPLOAD_MISSING" },
    });
    expect(sent).toEqual([{ importId }]);
  });

  it("reports an import that has not moved for 15 minutes, and not one that has", async () => {
    const { deliver, later, ledger, stuck } = setup();
    const record = await deliver();

    await later(0);
    await later(14);
    expect(stuck).toEqual([]);
    await ledger.move(record, { slice: 1 });
    await later(1);
    await later(14);
    expect(stuck).toEqual([]);
    await later(1);

    expect(stuck).toEqual([record.importId]);
  });
});
