import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { assertDeclarations, declarationFaults } from "./check.ts";
import { loadDeclarations } from "./load.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const manifest = (over: object = {}): object => ({
  description: "Does something useful.",
  timeoutSeconds: 5,
  triggers: [],
  access: {},
  ...over,
});
const http = (route: string, role: string | null = "data.read") => ({ type: "http", route, role });
const authorizer = { "the-authorizer": manifest({ triggers: [{ type: "authorizer" }] }) };

const RESOURCES = {
  tables: { things: { description: "", partitionKey: { name: "id", type: "S" } } },
  queues: { things: { description: "" } },
  topics: {},
  buckets: {},
  buses: {},
  keys: {},
  streams: {},
  settings: { KNOWN: "" },
};

/** A `functions/` folder with these manifests; a string is written as it is, null makes a handler without one. */
const faultsOf = (
  functions: Record<string, object | string | null>,
  resources: object = RESOURCES,
): string[] => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-manifests-"));
  folders.push(folder);
  for (const file of ["function.schema.json", "resources.schema.json", "rights.json"]) {
    cpSync(join("functions", file), join(folder, file));
  }
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write("resources.json", JSON.stringify(resources));
  for (const [name, given] of Object.entries(functions)) {
    write(`${name}/handler.ts`, "");
    if (given !== null)
      write(`${name}/function.json`, typeof given === "string" ? given : JSON.stringify(given));
  }
  return declarationFaults(loadDeclarations(folder));
};

describe("the manifests", () => {
  it("of this project have no faults", () => {
    expect(declarationFaults(loadDeclarations("functions"))).toEqual([]);
  });

  it("have none when all is well", () => {
    expect(faultsOf({ ...authorizer, "things-read": manifest({ triggers: [http("GET /things")] }) })).toEqual(
      [],
    );
  });

  it("name every fault of every manifest in one run", () => {
    const faults = faultsOf({
      ...authorizer,
      "a-trigger": manifest({ triggers: [{ type: "cron" }], memroyMb: 1 }),
      "b-syntax": "{",
      "c-names": manifest({
        settings: ["UNKNOWN"],
        triggers: [
          { type: "queue", queue: "thing", batchSize: 11 },
          { type: "topic", topic: "news" },
          { type: "bucket", bucket: "drop", events: ["s3:ObjectCreated:*"] },
          { type: "table", table: "things" },
        ],
        access: { tables: { thing: "read" }, keys: { constructor: "mac" } },
      }),
      "d-route": manifest({ triggers: [http("GET /things/{id}")], timeoutSeconds: 29 }),
      "e-route": manifest({ triggers: [http("GET /things/{other}")] }),
      "f-rights": manifest({ access: { tables: { things: "drop" }, queues: { Things: "send" } } }),
      "g-nothing": null,
      Wrong_Name: manifest(),
    });

    const wanted = [
      "a-trigger/function.json: /memroyMb is not a known field",
      /^a-trigger\/function\.json: \/triggers\/0\/type is none of the known values, got "cron"/,
      /^b-syntax\/function\.json: is not JSON/,
      'c-names/function.json: there are no tables "thing" in resources.json',
      'c-names/function.json: there are no keys "constructor" in resources.json',
      'c-names/function.json: there are no queues "thing" in resources.json',
      'c-names/function.json: there are no queues "thing-dead" in resources.json',
      'c-names/function.json: there is no setting "UNKNOWN" in resources.json',
      'c-names/function.json: there is no topic "news" in resources.json',
      'c-names/function.json: there is no bucket "drop" in resources.json',
      'c-names/function.json: the table "things" has no stream in resources.json',
      'c-names/function.json: queue "thing": a batch of more than 10 needs windowSeconds of at least 1',
      "d-route/function.json: timeoutSeconds must be at most 28 behind the gateway, got 29",
      "e-route/function.json: the route GET /things/{other} is d-route's already",
      /^f-rights\/function\.json: \/access\/tables\/things must be one of read, write, describe/,
      /^f-rights\/function\.json: \/access\/queues\/Things must match pattern/,
      /^g-nothing\/function\.json: is not JSON: cannot be read/,
      /^Wrong_Name: must be lower-case words/,
    ];
    for (const one of wanted) {
      expect(faults).toContainEqual(typeof one === "string" ? one : expect.stringMatching(one));
    }
    expect(() => assertDeclarations(loadDeclarations(folders.at(-1) ?? ""))).toThrow(faults.join("\n  "));
  });

  it("name the faults of a table's filter", () => {
    const filter = { Keys: { id: ["a"] } };
    const triggers = [{ type: "table", table: "things", filter }];
    const things = { ...RESOURCES.tables.things, stream: "NEW_IMAGE" };

    expect(
      faultsOf({ "things-follow": manifest({ triggers }) }, { ...RESOURCES, tables: { things } }),
    ).toEqual(['things-follow/function.json: filter of table "things": a record of a stream has no "Keys"']);
  });

  it.each([
    ["rate(1 day)", "UTC"],
    ["rate(15 minutes)", "UTC"],
    ["cron(0 3 * * ? *)", "Europe/Berlin"],
    ["cron(0/5 8-17 ? * MON-FRI 2030)", "UTC"],
    ["cron(0 3 L * ? *)", "UTC"],
    ["cron(0 3 ? * 6#3 *)", "UTC"],
    ["cron(0,30 3 1,15 JAN,JUL ? 2026-2030)", "UTC"],
  ])("take the schedule %s in %s", (expression, timezone) => {
    const triggers = [{ type: "schedule", expression, timezone }];

    expect(faultsOf({ "daily-sweep": manifest({ triggers }) })).toEqual([]);
  });

  it.each([
    "rate(1 days)",
    "rate(5 minute)",
    "rate(0 days)",
    "cron(0 3 * * ?)",
    "every day",
    "cron(0 3 * * * *)",
    "cron(60 3 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 3 32 * ? *)",
    "cron(0 3 * 13 ? *)",
    "cron(0 3 ? * 0 *)",
    "cron(0 3 ? * 8 *)",
    "cron(0 3 * * ? 1969)",
    "cron(0/0 3 * * ? *)",
    "cron(? 3 * * ? *)",
    "cron(0 3 ? * NEVER *)",
  ])("refuse the schedule %s", (expression) => {
    const triggers = [{ type: "schedule", expression }];

    expect(faultsOf({ "daily-sweep": manifest({ triggers }) })).toHaveLength(1);
  });

  it.each(["+01:00", "europe/berlin"])("refuse a time zone that has no IANA name: %s", (timezone) => {
    const triggers = [{ type: "schedule", expression: "rate(1 day)", timezone }];

    expect(faultsOf({ "daily-sweep": manifest({ triggers }) })).toHaveLength(1);
  });

  it("refuse a time zone that is none", () => {
    const triggers = [{ type: "schedule", expression: "rate(1 day)", timezone: "Middle/Earth" }];

    expect(faultsOf({ "daily-sweep": manifest({ triggers }) })).toEqual([
      'daily-sweep/function.json: schedule "rate(1 day)": no time zone is called "Middle/Earth"',
    ]);
  });

  it("name the faults of what they share as well", () => {
    expect(
      faultsOf({ "a-trigger": manifest({ more: 1 }) }, { ...RESOURCES, keys: undefined, queues: { x: {} } }),
    ).toEqual([
      "resources.json: /keys is required",
      "resources.json: /queues/x/description is required",
      "a-trigger/function.json: /more is not a known field",
    ]);
  });

  it.each([
    ["none", {}, 0],
    ["two", { ...authorizer, "other-authorizer": manifest({ triggers: [{ type: "authorizer" }] }) }, 2],
  ])("are refused with %s that authorizes guarded routes", (_, authorizers, got) => {
    expect(
      faultsOf({ ...authorizers, "things-read": manifest({ triggers: [http("GET /things")] }) }),
    ).toEqual([`exactly one function must have the trigger "authorizer", got ${got}`]);
  });

  it("need no authorizer when every route is public, and must say so in words", () => {
    expect(faultsOf({ "things-read": manifest({ triggers: [http("GET /things", null)] }) })).toEqual([]);
    expect(
      faultsOf({ "things-read": manifest({ triggers: [{ type: "http", route: "GET /things" }] }) }),
    ).toEqual(["things-read/function.json: /triggers/0/role is required"]);
  });

  it.each(["things.read", "data.admin", "Admin"])("may name no role that no token can have: %s", (role) => {
    expect(
      faultsOf({ ...authorizer, "things-read": manifest({ triggers: [http("GET /things", role)] }) }),
    ).toEqual([`things-read/function.json: there is no role "${role}" in common/auth/roles.ts`]);
  });
});
