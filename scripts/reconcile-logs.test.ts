import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { aLine, putLines } from "#local/aws/athena/testing/lake.ts";
import { clientsFor, startTestPort, type TestPort } from "#local/aws/testing/port.ts";
import { readReconcileArguments } from "./reconcile-logs.ts";

const SENDER = "0199aa00-0000-4000-8000-000000000001";
const folder = mkdtempSync(join(tmpdir(), "reconcile-logs-"));
const sent = join(folder, "ids.txt");
let port: TestPort;

beforeAll(async () => {
  port = await startTestPort({ declarations: loadDeclarations("functions") });
  const { s3 } = clientsFor(port.url);
  const line = (organization: string, id: string) => aLine(organization, id, "2026-03-01T01:00:00.000Z");
  await putLines(s3, [
    line("whole", "a"),
    line("whole", "a"),
    line("whole", `${SENDER}.1`),
    line("whole", `${SENDER}.2`),
  ]);
  await putLines(s3, [line("torn", `${SENDER}.1`), line("torn", `${SENDER}.4`)]);
  writeFileSync(sent, `a\nb\n${SENDER}.1\n`);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await port.close();
});

const run = (...args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((done) => {
    const script = join(import.meta.dirname, "reconcile-logs.ts");
    const range = ["--from", "2026-03-01", "--to", "2026-03-02", "--endpoint", port.url];
    const child = spawn(process.execPath, [script, ...range, ...args], {
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1" },
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("close", (code) => done({ code, output }));
  });

describe("npm run reconcile-logs", () => {
  it("ends with 0 where nothing is missing, and counts what came twice", async () => {
    const { code, output } = await run("--organization", "whole");

    expect(output).toContain("whole: 4 lines, 3 ids, 1 doubles, 0 gaps, 0 missing");
    expect(output).toContain(
      "refused: 0 on logs-rejected; waiting: 0 on logs-late, 0 on logs-traces, 0 objects under errors/",
    );
    expect(output).toContain("nothing is missing");
    expect(code).toBe(0);
  });

  it("ends with 1 and names the numbers that a sender's messages lack", async () => {
    const { code, output } = await run("--organization", "torn");

    expect(output).toContain(`gap: ${SENDER}.2 to .3`);
    expect(code).toBe(1);
  });

  it("ends with 1 and names what was sent and is nowhere", async () => {
    const { code, output } = await run("--organization", "whole", "--sent", sent);

    expect(output).toContain("missing: b");
    expect(output).not.toContain("missing: a");
    expect(code).toBe(1);
  });
});

describe("the arguments", () => {
  it("are refused with a sentence for each fault", () => {
    expect(
      readReconcileArguments(["--organization", "A/B", "--to", "soon", "--sent", "/nowhere"]).faults,
    ).toEqual([
      "--from is missing: it is a day or a time, as 2026-03-01.",
      '--to must be a day or an RFC 3339 time, got "soon".',
      '--organization must be lower-case letters, digits and hyphens, got "A/B".',
      "There is no file /nowhere.",
    ]);
    expect(readReconcileArguments(["--from", "2026-03-02", "--to", "2026-03-01"]).faults).toEqual([
      "--from must be before --to, which is exclusive.",
    ]);
  });
});
