import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aliases-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** An `aws` that answers by its arguments, and keeps every call. */
const aws = (answers: string) => {
  const program = join(folder, "aws");
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${folder}/calls\ncase "$*" in\n${answers}\nesac\n`);
  chmodSync(program, 0o755);
};

const run = (...argv: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "aliases.ts"), ...argv], {
    encoding: "utf8",
    env: { PATH: [folder, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) },
  });

const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
const file = () => join(folder, "aliases.json");

describe.skipIf(process.platform === "win32")("the functions' aliases", () => {
  it("are kept with the versions that they point to, without new functions", () => {
    aws(`
      *list-functions*) echo '["millrace-prd-a", "millrace-prd-b", "millrace-prd-new"]';;
      *millrace-prd-new*) echo "An error occurred (ResourceNotFoundException)" >&2; exit 254;;
      *millrace-prd-a*) echo '{"Name": "live", "FunctionVersion": "7"}';;
      *millrace-prd-b*) echo '{"Name": "live", "FunctionVersion": "12"}';;
    `);

    const { status, stdout } = run("keep", "--environment", "prd", "--file", file());

    expect({ status, stdout }).toEqual({ status: 0, stdout: `${file()}: the versions of 2 functions.\n` });
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      "millrace-prd-a": "7",
      "millrace-prd-b": "12",
    });
    expect(calls()[0]).toContain("starts_with(FunctionName, 'millrace-prd-')");
  });

  it("are not kept by halves", () => {
    aws(`
      *list-functions*) echo '["millrace-prd-a"]';;
      *) echo "An error occurred (AccessDeniedException)" >&2; exit 254;;
    `);

    const { status, stderr } = run("keep", "--environment", "prd", "--file", file());

    expect(status).toBe(1);
    expect(stderr).toContain("AccessDeniedException");
    expect(existsSync(file())).toBe(false);
  });

  it("are put back, each of them, and no canary keeps a share", () => {
    aws("*) ;;");
    writeFileSync(file(), '{ "millrace-prd-a": "7", "millrace-prd-b": "12" }');

    const { status, stdout } = run("put-back", "--file", file());

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "millrace-prd-a: back at version 7.\nmillrace-prd-b: back at version 12.\n",
    });
    expect(calls()[1]).toBe(
      "lambda update-alias --function-name millrace-prd-b --name live --function-version 12 --routing-config AdditionalVersionWeights={} --output json",
    );
  });

  it("are put back as far as they can be", () => {
    aws(`*millrace-prd-a*) echo "An error occurred (TooManyRequestsException)" >&2; exit 254;;\n*) ;;`);
    writeFileSync(file(), '{ "millrace-prd-a": "7", "millrace-prd-b": "12" }');

    const { status, stdout, stderr } = run("put-back", "--file", file());

    expect({ status, stdout }).toEqual({ status: 1, stdout: "millrace-prd-b: back at version 12.\n" });
    expect(stderr).toContain("millrace-prd-a is not back at version 7");
  });

  it.each([
    [["keep", "--file", "f"]],
    [["put-back"]],
    [["keep", "--environment", "p'", "--file", "f"]],
    [["shout"]],
  ])("refuse %j", (argv) => {
    expect(run(...argv).status).toBe(1);
  });
});
