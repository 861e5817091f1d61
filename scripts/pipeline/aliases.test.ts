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

  const rollouts = JSON.stringify({
    a: { function: "millrace-prd-a", alias: "live", version: "8", application: "millrace-prd", group: "a" },
    b: { function: "millrace-prd-b", alias: "live", version: "12", application: "millrace-prd", group: "b" },
  });

  it("are rolled out by CodeDeploy, where there is a new version, and waited for", () => {
    aws(`
      *get-alias*millrace-prd-a*) echo '{"FunctionVersion": "7"}';;
      *get-alias*millrace-prd-b*) echo '{"FunctionVersion": "12"}';;
      *create-deployment*) echo '{"deploymentId": "d-1"}';;
    `);
    writeFileSync(file(), rollouts);

    const { status, stdout } = run("roll-out", "--file", file());

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        "millrace-prd-a: from version 7 to 8, deployment d-1.\n1 functions answer with their new version.\n",
    });
    const [, created = "", , waited = ""] = calls();
    const revision = JSON.parse(/--revision (.*) --output/.exec(created)?.[1] ?? "{}");
    expect(created).toContain("--application-name millrace-prd --deployment-group-name a ");
    expect(JSON.parse(revision.appSpecContent.content)).toEqual({
      version: 0,
      Resources: [
        {
          a: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: "millrace-prd-a", Alias: "live", CurrentVersion: "7", TargetVersion: "8" },
          },
        },
      ],
    });
    expect(waited).toContain("wait deployment-successful --deployment-id d-1");
  });

  it("are not rolled out when CodeDeploy took one back", () => {
    aws(`
      *get-alias*) echo '{"FunctionVersion": "7"}';;
      *create-deployment*) echo '{"deploymentId": "d-1"}';;
      *wait*) echo "Waiter DeploymentSuccessful failed" >&2; exit 255;;
    `);
    writeFileSync(file(), rollouts);

    const { status, stderr } = run("roll-out", "--file", file());

    expect(status).toBe(1);
    expect(stderr).toContain("millrace-prd-a was not rolled out (deployment d-1): Waiter");
    expect(stderr).toContain("millrace-prd-b was not rolled out");
  });

  it("move at once on request", () => {
    aws("*) ;;");
    writeFileSync(file(), rollouts);

    expect(run("at-once", "--file", file()).stdout).toBe(
      "millrace-prd-a: at version 8.\nmillrace-prd-b: at version 12.\n",
    );
  });

  it.each(["{}", '{"a": {"function": "f"}}', "[]"])("are moved by no file such as %s", (text) => {
    aws("*) ;;");
    writeFileSync(file(), text);

    expect(run("roll-out", "--file", file()).status).toBe(1);
    expect(run("at-once", "--file", file()).status).toBe(1);
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
