import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readImportArguments } from "./import.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-import-"));
const night = join(folder, "night.csv");
writeFileSync(night, "accountId\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the arguments of npm run import", () => {
  it("name a file, whose it is, and whether it is only a rehearsal", () => {
    expect(readImportArguments([night, "--organization", "demo", "--dry-run"])).toMatchObject({
      faults: [],
      asked: { file: night, organization: "demo", service: "transactions", dryRun: true },
    });
  });

  it.each([
    [[], ["Name one file.", "--organization"]],
    [[night, night, "--organization", "demo"], ["Name one file."]],
    [["night.xlsx", "--organization", "demo"], ["must end in .csv"]],
    [["none.csv", "--organization", "demo"], ["There is no file none.csv."]],
    [[night, "--organization", "Demo Bank"], ["--organization"]],
    [[night, "--organization", "demo", "--url", "here"], ["--url"]],
  ])("with %j are refused for what is wrong", (argv, wanted) => {
    const { faults, asked } = readImportArguments(argv);

    expect(asked).toBeUndefined();
    for (const [index, text] of wanted.entries()) expect(faults[index]).toContain(text);
    expect(faults).toHaveLength(wanted.length);
  });
});
