import { execFile } from "node:child_process";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { functionNames } from "#common/manifest/load.ts";
import { CHECKS_OF, integrationChecks, runChecks, smokeChecks } from "./integration/checks.ts";
import { platformAt } from "./integration/platform.ts";
import { type Faults, fakePlatform } from "./integration/testing/fake-platform.ts";
import { readArguments } from "./integration.ts";

let server: Server | undefined;
afterEach(() => server?.close());

const start = async (faults: Faults): Promise<string> => {
  server = fakePlatform(faults);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const check = async (faults: Faults, checks = integrationChecks) => {
  const lines: string[] = [];
  const platform = platformAt(await start(faults));
  const context = { platform, token: "good", otherToken: "other", release: "r2", deadlineMs: 300 };
  const outcome = await runChecks(checks, context, (line) => lines.push(line));
  return { ...outcome, lines, failures: lines.filter((line) => line.startsWith("FAILED")) };
};

const run = (argv: string[], environment: Record<string, string> = {}) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, "integration.ts"), ...argv],
      { env: { ...process.env, MILLRACE_TOKEN: "", MILLRACE_OTHER_TOKEN: "", ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

describe("the checks of a deployment", () => {
  it("all pass on one that does what it says", async () => {
    const { lines, failed, passed } = await check({});

    expect(failed, lines.join("\n")).toBe(0);
    expect(passed).toBe(integrationChecks.length);
    expect(lines.at(-1)).toBe(`${integrationChecks.length} passed, 0 failed`);
  });

  it.each<[Faults, string]>([
    [{ health: "down" }, "GET /health answers ok"],
    [{ health: "otherVersion" }, "GET /health answers ok"],
    [{ openapi: "3.0" }, "GET /openapi.json describes the routes"],
    [{ open: true }, "GET /data without a token is refused"],
    [{ problems: "html" }, "GET /data without a token is refused"],
    [{ signatures: "unchecked" }, "GET /data with a forged signature is refused"],
    [{ roles: "unchecked" }, "GET /data with a token without the role is refused"],
    [{ post: 200 }, "POST /data takes a record in"],
    [{ requestId: "none" }, "POST /data takes a record in"],
    [{ arrays: "taken" }, "POST /data refuses what is no object"],
    [{ list: "empty" }, "GET /data lists a record that was taken in"],
    [{ list: "changed" }, "GET /data lists a record that was taken in"],
    [{ one: 500 }, "GET /data/{id} answers a record that was taken in"],
    [{ unknown: 200 }, "GET /data/{id} of no record is 404"],
    [{ pages: "overlap" }, "GET /data pages by cursor, each record once"],
    [{ pages: "long" }, "GET /data pages by cursor, each record once"],
    [{ pages: "cut" }, "GET /data pages by cursor, each record once"],
    [{ cursors: "unchecked" }, "GET /data refuses a cursor that it did not make"],
    [{ keys: "ignored" }, "POST /data with a repeated Idempotency-Key answers as the first time"],
    [{ keys: "bodiesUnchecked" }, "POST /data with an Idempotency-Key of another body is refused"],
    [{ events: "unchecked" }, "POST /events refuses an event without a type"],
    [{ events: "lost" }, "GET /events/{eventId} answers an event that was taken in"],
    [{ events: "changed" }, "GET /events/{eventId} answers an event that was taken in"],
    [
      { events: "unlisted" },
      "GET /events lists a customer's events, as GET /customers/{customerId}/events does",
    ],
    [{ events: "uncounted" }, "GET /events/stats counts a customer's events"],
    [{ events: "notExported" }, "GET /events/export answers a customer's events"],
    [{ chains: "broken" }, "GET /events/verify finds the chains whole"],
    [{ customers: "renamed" }, "PUT /customers/{customerId} keeps a profile, which GET answers"],
    [{ changes: "users" }, "GET /changes/users/{userId} of nobody is 404"],
    [{ changes: "unlisted" }, "GET /changes/replays lists replays"],
    [{ changes: "shown" }, "GET /changes/replays/{id} of no replay is 404"],
    [{ changes: "unchecked" }, "POST /changes/replays refuses one of nobody"],
    [{ imports: "unlisted" }, "GET /imports lists imports"],
    [{ imports: "shown" }, "GET /imports/{id} of no import is 404"],
    [{ imports: "unchecked" }, "POST /imports refuses a file that is no CSV"],
    [{ imports: "uncancelled" }, "POST /imports answers where the file goes, and DELETE cancels it"],
    [{ logsQueries: "noTypes" }, "GET /logs/types lists the relations that queries name"],
    [{ logsQueries: "uncounted" }, "GET /logs/stats counts the last hour's messages"],
    [{ logsQueries: "failed" }, "POST /logs/queries runs a SELECT, and GET answers its rows"],
    [{ logsQueries: "unchecked" }, "POST /logs/queries refuses what is no SELECT"],
    [{ transactions: "uncategorized" }, "GET /transactions/categories answers what machines sort into"],
    [{ transactions: "shown" }, "GET /accounts/{accountId} of no account is 404"],
    [{ transactions: "unsealed" }, "GET /transactions/sync refuses a cursor that it did not make"],
    [{ transactions: "endless" }, "GET /transactions/sync comes to the end of its pages"],
  ])("with %j name what fails", async (faults, name) => {
    const { failures, failed } = await check(faults);

    expect(
      failures.some((line) => line.startsWith(`FAILED   ${name}: `)),
      failures.join("\n"),
    ).toBe(true);
    expect(failed).toBe(failures.length);
  });

  it("are there for every service that has functions", () => {
    const services = new Set(functionNames("functions").map((name) => name.split("-")[0] ?? ""));

    expect(Object.keys(CHECKS_OF).sort()).toEqual([...services].sort());
    for (const checks of Object.values(CHECKS_OF)) expect(checks.length).toBeGreaterThan(2);
  });

  it("skip, and say so, what needs a second token when there is none", async () => {
    const lines: string[] = [];
    const platform = platformAt(await start({}));
    const none = { platform, token: "good", otherToken: undefined, release: undefined, deadlineMs: 300 };
    const outcome = await runChecks(integrationChecks, none, (line) => lines.push(line));

    expect(outcome).toMatchObject({ skipped: 2, failed: 0 });
    expect(lines.at(-1)).toContain("2 skipped");
  });

  it("write nothing when they only smoke-test", async () => {
    const { failed, passed } = await check({ post: 200 }, smokeChecks);

    expect({ failed, passed }).toEqual({ failed: 0, passed: smokeChecks.length });
  });
});

describe("npm run integration", () => {
  it("exits 0 when all is well, with a token from a command", async () => {
    const url = await start({});

    const { code, stdout } = await run(["--url", `${url}/`, "--token-command", "echo good"]);

    expect(stdout).toMatch(/\d+ passed, 0 failed, 2 skipped\n$/);
    expect(code).toBe(0);
  });

  it("exits 1 when something fails, and shows no token", async () => {
    const url = await start({ unknown: 200 });

    const { code, stdout, stderr } = await run(["--url", url], {
      MILLRACE_TOKEN: "good",
      MILLRACE_OTHER_TOKEN: "s3same",
    });

    expect(code).toBe(1);
    expect(stdout).toContain("FAILED   GET /data/{id} of no record is 404");
    expect(stdout + stderr).not.toContain("s3same");
  });

  it("exits 2 without a token, unless it only smoke-tests", async () => {
    const url = await start({});

    expect(await run(["--url", url])).toMatchObject({ code: 2, stdout: "" });
    expect(await run(["--url", url, "--token-command", "exit 3"])).toMatchObject({ code: 2, stdout: "" });
    expect(await run(["--url", url, "--smoke", "--release", "r2"])).toMatchObject({ code: 0 });
    expect(await run(["--url", url, "--smoke", "--release", "r3", "--deadline", "1"])).toMatchObject({
      code: 1,
    });
  });

  it("says that there is no answer where nothing listens", async () => {
    const url = await start({});
    await new Promise((resolve) => server?.close(resolve));

    const { code, stdout } = await run(["--url", url, "--smoke", "--deadline", "1"]);

    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED {3}GET \/health answers ok: .*ECONNREFUSED/);
  });
});

describe("the arguments of an integration run", () => {
  const good = ["--url", "https://api.example.org"];
  const faultsOf = (argv: string[], environment: Record<string, string> = { MILLRACE_TOKEN: "t" }) =>
    readArguments(argv, environment).faults;

  it("need a deployment and a token", () => {
    expect(readArguments(good, { MILLRACE_TOKEN: " t\n" })).toMatchObject({
      faults: [],
      url: "https://api.example.org",
      smoke: false,
      deadlineMs: 60_000,
      token: { value: "t" },
      otherToken: undefined,
    });
    expect(readArguments([...good, "--token", "MINE"], { MINE: "t" })).toMatchObject({
      token: { value: "t" },
    });
  });

  it.each([
    [[], "--url is missing"],
    [["--url"], "--url needs a value."],
    [["--url", "localhost:4000"], '--url must be an http or https URL without query and user, got "local'],
    [["--url", "https://a/?b"], "--url must be"],
    [[...good, "--url", "https://b"], "--url is given more than once."],
    [[...good, "--deadline", "0"], '--deadline must be a whole number from 1 to 999, got "0".'],
    [[...good, "--deadline", "1s"], "--deadline must be"],
    [[...good, "--token", "NONE"], "--token: the environment variable NONE is not set."],
    [[...good, "--token", "A", "--token-command", "b"], "--token and --token-command exclude each other."],
    [[...good, "--smoke=yes"], "--smoke takes no value."],
    [[...good, "extra"], '"extra" belongs to no option.'],
    [[...good, "--shout"], "There is no option --shout: "],
  ])("%j have one fault", (argv, fault) => {
    expect(faultsOf(argv)).toEqual([expect.stringContaining(fault)]);
  });

  it("name each fault", () => {
    expect(faultsOf(["--deadline", "soon", "x"], {})).toHaveLength(4);
  });
});
