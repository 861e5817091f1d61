import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile } from "../../scripts/import.ts";
import { type System, startSystem } from "../testing/system.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-import-"));
const night = join(folder, "night.csv");
const data = join(folder, "data");

let system: System;
beforeAll(async () => {
  system = await startSystem({ dataFolder: data });
}, 60_000);
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (text: string, dryRun: boolean) => {
  writeFileSync(night, text);
  const lines: string[] = [];
  const asked = { file: night, organization: "demo", service: "transactions", dryRun, data };
  const exitCode = await importFile({ ...asked, url: system.platform.url }, (line) => lines.push(line));
  return { exitCode, lines };
};

const HEAD = "accountId,transactionId,postedAt,amount,currency,description,type\n";

describe("npm run import", () => {
  it("shows what a file would change, then imports it, and says what it rejected", async () => {
    const text = `${HEAD}A1,T1,2026-03-01,5,EUR,Coffee,debit\nA1,T2,never,5,EUR,Coffee,debit\n`;

    const rehearsed = await run(text, true);
    const ran = await run(text, false);

    expect(rehearsed.exitCode).toBe(0);
    expect(rehearsed.lines.at(-1)).toMatch(/^ {2}line 2: added A1 T1: .*amount 5\.00/);
    expect(ran.exitCode).toBe(0);
    expect(ran.lines.join("\n")).toContain("2 rows, 1 added, 0 changed, 0 unchanged, 1 rejected");
    expect(ran.lines.join("\n")).toContain("line 3: postedAt");
  }, 60_000);

  it("says why a file failed", async () => {
    const { exitCode, lines } = await run(`${HEAD}A1,T1,2026-03-01,5,EUR,"open,debit\n`, false);

    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toMatch(/^failed: QUOTE_NOT_CLOSED in line 2: /);
  }, 60_000);
});
