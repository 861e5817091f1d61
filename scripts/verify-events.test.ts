import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readHeads } from "#common/events/anchors/heads.ts";
import { makeRegisterOrganizations } from "#common/events/append/organizations.ts";
import { exportedEvents } from "#common/events/export/exported-events.ts";
import { FORMATS } from "#common/events/export/formats.ts";
import { eventKey, headKey } from "#common/events/keys.ts";
import { appendAll } from "#common/events/testing/append-all.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Table } from "#common/table/table.ts";
import { clientsFor, startTestPort, type TestPort } from "#local/aws/testing/port.ts";
import { parseHeads, readVerifyArguments } from "./verify-events.ts";

const folder = mkdtempSync(join(tmpdir(), "verify-events-"));
const at = (name: string) => join(folder, name);
let port: TestPort;
let store: Table;

const run = (...args: string[]) => runScript("verify-events.ts", ...args);

const runScript = (
  name: string,
  ...args: string[]
): Promise<{ code: number | null; output: string; errors: string }> =>
  new Promise((done) => {
    const script = join(import.meta.dirname, name);
    const child = spawn(process.execPath, [script, ...args], {
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1" },
    });
    const printed = { output: "", errors: "" };
    child.stdout.on("data", (chunk) => {
      printed.output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      printed.errors += chunk;
    });
    child.on("close", (code) => done({ code, ...printed }));
  });

beforeAll(async () => {
  port = await startTestPort({ declarations: loadDeclarations("functions") });
  vi.stubEnv("AWS_ENDPOINT_URL", port.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  const { dynamodbTable } = await import("#common/table/dynamodb-table.ts");
  store = dynamodbTable("millrace-local-events");
  await appendAll(
    store,
    Array.from({ length: 40 }, (_, number) => eventMessage(number)),
  );
  await makeRegisterOrganizations(store)(["demo"]);
  const query = { organizationId: "demo", types: [], words: [], order: "asc" } as const;
  const events = (await Array.fromAsync(exportedEvents(store, query, { provable: true }))).flat();
  writeFileSync(at("export.ndjson"), events.map(FORMATS.ndjson.row).join(""));
});
afterAll(async () => {
  await port.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("verify-events", () => {
  it("proves a table, keeps its heads, and with them an export and nothing else", async () => {
    const table = await run(
      "--organization",
      "demo",
      "--endpoint",
      port.url,
      "--write-heads",
      at("heads.json"),
    );
    expect(table).toMatchObject({ code: 0, output: expect.stringContaining("valid: 40 events of demo") });

    const file = await run("--file", at("export.ndjson"), "--heads", at("heads.json"));
    expect(file).toMatchObject({
      code: 0,
      output: expect.stringContaining("valid: 40 events up to the heads"),
    });

    const text = readFileSync(at("export.ndjson"), "utf8");
    writeFileSync(at("changed.ndjson"), text.replace("Number 7", "Number 8"));
    const changed = await run("--file", at("changed.ndjson"), "--heads", at("heads.json"));
    expect(changed).toMatchObject({
      code: 1,
      output: expect.stringContaining("event-7 is not what its hash says"),
    });
  });

  it("reports what is wrong with a table, and ends with 1", async () => {
    const [item] = await store.getMany([eventKey("demo", "event-3")]);
    if (item) await store.putAll([{ ...item, description: "other" }]);

    const { code, output } = await run("--organization", "demo", "--endpoint", port.url);

    expect(code).toBe(1);
    expect(output).toContain('"eventId": "event-3"');
    if (item) await store.putAll([item]);
  });

  it("holds the heads against the last anchor, and finds one that was removed behind it", async () => {
    const organizationId = "anchored";
    await appendAll(
      store,
      Array.from({ length: 8 }, (_, number) => eventMessage(number, { organizationId })),
    );
    const heads = await readHeads(store, organizationId);
    const key = "anchors/2031/01/31.json";
    await clientsFor(port.url).s3.send(
      new PutObjectCommand({ Bucket: "millrace-local-lake", Key: key, Body: JSON.stringify({ heads }) }),
    );
    const verify = () => run("--organization", organizationId, "--endpoint", port.url);

    const whole = await verify();
    const [first] = heads;
    await store.transact(first ? [{ remove: headKey(organizationId, first) }] : []);
    const rolledBack = await verify();

    expect(whole).toMatchObject({ code: 0, output: `valid: 8 events of anchored, held against ${key}\n` });
    expect(rolledBack).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^NOT VALID: .*held against/m),
    });
    expect(rolledBack.output).toContain("was anchored, but the head knows of 0");
  });

  it("does not call valid what has no event", async () => {
    const { code, output, errors } = await run("--organization", "typo", "--endpoint", port.url);

    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain('millrace-local-events has no event of "typo"');
  });

  it("says that a CSV can not be proven, and what can", async () => {
    writeFileSync(at("export.csv"), "eventId,customerId\r\na,b\r\n");

    const { code, errors } = await run("--file", at("export.csv"), "--heads", at("heads.json"));

    expect(code).toBe(2);
    expect(errors).toMatch(/export\.csv is a CSV: export with format=ndjson, which alone can be proven\.$/m);
  });

  it("takes the anchor that anchor-events writes for its heads, which writes one a day", async () => {
    const anchorNow = () => runScript("anchor-events.ts", "--endpoint", port.url);

    const first = await anchorNow();
    const second = await anchorNow();

    const key = /anchors\/\d{4}\/\d\d\/\d\d\.json/.exec(first.output)?.[0] ?? "none";
    expect(first.output).toMatch(/^\d+ heads are anchored in anchors/);
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining(`${key} is there already`) });
    const clients = clientsFor(port.url);
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: "millrace-local-lake", Key: key }));
    writeFileSync(at("anchor.json"), (await Body?.transformToString()) ?? "");
    expect(await run("--file", at("export.ndjson"), "--heads", at("anchor.json"))).toMatchObject({
      code: 0,
      output: expect.stringContaining("valid: 40 events"),
    });
  });

  it("ends with 2 when it cannot verify", async () => {
    writeFileSync(at("none.json"), "{}");

    const { code, errors } = await run("--file", at("export.ndjson"), "--heads", at("none.json"));

    expect(code).toBe(2);
    expect(errors).toMatch(/could not be verified: it must be/);
  });
});

describe("its arguments", () => {
  it.each([
    [[], ["--organization or --file is missing: it says what to verify."]],
    [
      ["--organization", "Demo"],
      ['--organization must be lower-case letters, digits and hyphens, got "Demo".'],
    ],
    [["--organization", "demo", "--heads", "x"], ["--heads and --organization are two different things."]],
    [["--organization", "demo", "--endpoint", "x"], ['--endpoint must be an http or https URL, got "x".']],
    [["--organization"], ["--organization needs a value."]],
    [
      ["--file", "no-such"],
      ["--heads is missing: without heads nothing can be proven.", "There is no file no-such."],
    ],
    [
      ["--flie", "x"],
      [expect.stringMatching(/^There is no option --flie/), '"x" belongs to no option.'],
    ],
  ])("%j names each fault", (argv, faults) => {
    expect(readVerifyArguments(argv).faults).toEqual(faults);
  });

  it("takes heads from an anchor or a file of heads, and nothing else", () => {
    const head = { organizationId: "demo", epoch: 1, number: 0, sequence: 1, hash: "x" };

    expect(parseHeads(JSON.stringify({ version: 1, heads: [head] }))).toEqual([head]);
    for (const text of ["[]", "{}", '{"heads":[{}]}', "x"]) expect(() => parseHeads(text)).toThrow();
  });
});
