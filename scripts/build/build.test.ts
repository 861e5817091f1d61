import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jwksOf, newKey } from "#common/auth/testing/tokens.ts";
import { environmentOf } from "#common/manifest/environment.ts";
import { functionNames, loadDeclarations } from "#common/manifest/load.ts";
import { type AwsAnswers, type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { callerContext, restEvent, sqsEvent } from "#common/testing/lambda-events.ts";
import type { SchemaValidator } from "#common/validation/schema.ts";
import type { Validator } from "#common/validation/validator.ts";
import { build } from "./build.ts";
import { runNode } from "./testing/run-node.ts";

const names = functionNames("functions");
const root = process.cwd();
const jwks = jwksOf(newKey("ES256"));
let folder: string;
let first: string;
let aws: AwsServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-build-"));
  first = join(folder, "first");
  aws = await startAwsServer();
  await build({ functionsFolder: "functions", outFolder: first });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});

type Manifest = { functions: Record<string, { zip: string; sha256: string; bytes: number }> };
const manifestOf = (out: string): Manifest => JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));

describe("the build", () => {
  it("makes a zip of every function folder", () => {
    expect(Object.keys(manifestOf(first).functions)).toEqual(names);
    for (const name of names) {
      expect(readFileSync(join(first, `${name}.zip`)).byteLength).toBe(
        manifestOf(first).functions[name]?.bytes,
      );
    }
  });

  it.each([
    ["Pacific/Kiritimati", "a"],
    ["America/Los_Angeles", "much/deeper/down"],
  ])(
    "makes the same bytes in %s, run from elsewhere, in another folder, with touched files",
    async (TZ, below) => {
      const cwd = join(folder, below);
      const out = join(folder, "out", below, "dist");
      mkdirSync(cwd, { recursive: true });
      utimesSync("common/http/answers.ts", new Date(), new Date());
      const source = `import { build } from ${JSON.stringify(pathToFileURL(resolve("build.mjs")).href)};
      await build(${JSON.stringify({ functionsFolder: resolve("functions"), outFolder: out })});
      tell(null);`;

      await runNode(source, { cwd, env: { TZ } });

      expect(manifestOf(out)).toEqual(manifestOf(first));
    },
  );

  it("leaves no path of the machine in what it makes", () => {
    for (const name of names) {
      for (const file of ["handler.cjs", "handler.cjs.map", "tracer.cjs"]) {
        const text = readFileSync(join(first, name, file), "utf8");
        expect(text).not.toContain(root);
        expect(text).not.toContain(folder);
      }
      const { sources } = JSON.parse(readFileSync(join(first, name, "handler.cjs.map"), "utf8"));
      for (const source of sources)
        expect(source).toMatch(/^(\.\.\/(functions|common)\/|node_modules\/|[a-z-]+:)/);
    }
  });

  it("names every fault of the manifests and makes nothing", async () => {
    const bad = join(folder, "bad");
    cpSync("functions", bad, { recursive: true });
    for (const name of ["data-generator", "data-presenter"]) {
      appendFileSync(join(bad, name, "function.json"), "x");
    }

    await expect(build({ functionsFolder: bad, outFolder: join(folder, "none") })).rejects.toThrow(
      /data-generator\/function\.json: is not JSON[\s\S]*data-presenter\/function\.json: is not JSON/,
    );
  });
});

describe("a second build", () => {
  // Inside the project, where `#common/…` is known.
  let project: string;
  let functions: string;
  const handler = (text: string) =>
    `import { words } from "./words.ts";\nexport const handler = async () => words + ${JSON.stringify(text)};\n`;
  const manifest = JSON.stringify({
    description: "Only for a test.",
    timeoutSeconds: 1,
    triggers: [],
    access: {},
  });
  const put = (file: string, text: string) => {
    mkdirSync(resolve(functions, file, ".."), { recursive: true });
    writeFileSync(join(functions, file), text);
  };
  const run = async () => {
    const built = await build({ functionsFolder: functions, outFolder: join(project, "out") });
    return built.filter(({ rebuilt }) => rebuilt).map(({ name }) => name);
  };

  beforeAll(() => {
    mkdirSync("dist", { recursive: true });
    project = mkdtempSync(join("dist", "test-"));
    functions = join(project, "functions");
    mkdirSync(functions);
    for (const file of ["function.schema.json", "resources.schema.json", "rights.json", "resources.json"]) {
      cpSync(join("functions", file), join(functions, file));
    }
    for (const name of ["one-thing", "two-things"]) {
      put(`${name}/function.json`, manifest);
      put(`${name}/handler.ts`, handler(name));
      put(`${name}/words.ts`, 'export const words = "a";\n');
    }
  });
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  it("makes only what changed, whether the handler or what it imports", async () => {
    expect(await run()).toEqual(["one-thing", "two-things"]);
    expect(await run()).toEqual([]);

    put("one-thing/words.ts", 'export const words = "b";\n');
    expect(await run()).toEqual(["one-thing"]);

    put("two-things/handler.ts", handler("other"));
    expect(await run()).toEqual(["two-things"]);
  });

  it("does not take a touched file for a changed one", async () => {
    await run();
    utimesSync(join(functions, "one-thing/words.ts"), new Date(), new Date(1));

    expect(await run()).toEqual([]);
  });

  it("makes again what was deleted", async () => {
    await run();
    rmSync(join(project, "out/one-thing.zip"));

    expect(await run()).toEqual(["one-thing"]);
  });

  it("removes the zip of a function that is gone", async () => {
    put("old-thing/function.json", manifest);
    put("old-thing/handler.ts", "export const handler = async () => 1;\n");
    await run();
    rmSync(join(functions, "old-thing"), { recursive: true });
    await run();

    expect(() => readFileSync(join(project, "out/old-thing.zip"))).toThrow("ENOENT");
    expect(() => readFileSync(join(project, "out/old-thing/handler.cjs"))).toThrow("ENOENT");
  });
});

describe("build.mjs", () => {
  it("fails over budget and without one, and says by how much", async () => {
    const script = resolve("build.mjs");
    const cwd = mkdtempSync(join(folder, "budget-"));
    symlinkSync(resolve("functions"), join(cwd, "functions"));
    cpSync(first, join(cwd, "dist"), { recursive: true });
    const source = `
      process.argv[1] = ${JSON.stringify(script)};
      await import(${JSON.stringify(pathToFileURL(script).href)});
      const code = process.exitCode ?? 0;
      process.exitCode = 0;
      tell(code);`;
    const generous = Object.fromEntries(names.map((name) => [name, { zipBytes: 10_000_000 }]));

    writeFileSync(join(cwd, "budgets.json"), JSON.stringify(generous));
    expect(await runNode(source, { cwd })).toBe(0);

    writeFileSync(
      join(cwd, "budgets.json"),
      JSON.stringify({ ...generous, "data-generator": { zipBytes: 1_000 } }),
    );
    expect(await runNode(source, { cwd })).toBe(1);

    const { "data-presenter": _, ...without } = generous;
    writeFileSync(join(cwd, "budgets.json"), JSON.stringify(without));
    expect(await runNode(source, { cwd })).toBe(1);
  });
});

const settings = () => ({
  RELEASE_VERSION: "1",
  TOKEN_ISSUER: "https://issuer.example",
  TOKEN_AUDIENCE: "millrace",
  TOKEN_JWKS: jwks,
  TOKEN_ORGANIZATION_CLAIM: "organizationId",
  TOKEN_ROLE_CLAIM: "Role",
});

/** The environment that the function has wherever it runs, with a local endpoint for AWS. */
const bundleEnvironment = (name: string) => {
  const declarations = loadDeclarations("functions");
  const manifest = declarations.manifests.find((one) => one.name === name);
  if (!manifest) throw new Error(`there is no function ${name}`);
  const deployment = {
    environment: "local",
    region: "us-east-1",
    accountId: "000000000000",
    partition: "aws",
    queueOrigin: aws.url,
    bucketSuffix: "",
  };
  return { ...aws.environment, ...environmentOf(declarations, deployment, manifest, settings()) };
};

/** First events of functions whose manifest does not tell one that makes them work. */
const firstEvents: Record<string, object> = {
  "data-generator": restEvent({ route: "POST /data", body: { a: 1 }, headers: { "idempotency-key": "k" } }),
  "platform-authorizer": {
    type: "REQUEST",
    methodArn: "arn:aws:execute-api:us-east-1:0:a/local/GET/data",
    headers: { authorization: "Bearer a.b.c" },
    multiValueHeaders: { authorization: ["Bearer a.b.c"] },
  },
};

/** The first thing that triggers the function, as it comes; by an admin, where it is a route. */
const firstEvent = (name: string): object => {
  const [trigger] = loadDeclarations("functions").manifests.find((one) => one.name === name)?.triggers ?? [];
  if (trigger?.type === "queue") return sqsEvent(["{"]);
  if (trigger?.type !== "http") return {};
  return restEvent({
    route: trigger.route,
    authorizer: trigger.role === null ? null : callerContext({ roles: "admin" }),
  });
};

const answers: AwsAnswers = {
  PutItem: () => ({}),
  UpdateItem: () => ({}),
  Query: () => ({ Items: [] }),
  SendMessage: () => ({ MessageId: "m" }),
  SendMessageBatch: () => ({ Successful: [], Failed: [] }),
  DescribeTable: () => ({ Table: {} }),
};

describe.each(names)("the bundle of %s", (name) => {
  it("loads neither undici nor http2, nor the tracer, on import or at its first call", async () => {
    const event = firstEvents[name] ?? firstEvent(name);
    const source = `
      import { createRequire } from "node:module";
      const require = createRequire(${JSON.stringify(join(first, name, "handler.cjs"))});
      const loaded = () => process.moduleLoadList.filter((one) => /undici|http2/.test(one));
      const before = loaded();
      const { handler } = require("./handler.cjs");
      const imported = loaded();
      const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 10_000 };
      await handler(${JSON.stringify(event)}, context).catch(() => {});
      const tracer = Object.keys(require.cache).filter((file) => file.endsWith("tracer.cjs"));
      tell({ before, imported, called: loaded(), tracer });`;

    aws.answerWith(answers);
    const { before, imported, called, tracer } = await runNode<Record<string, string[]>>(source, {
      env: bundleEnvironment(name),
    });

    expect({ imported, called, tracer }).toEqual({ imported: before, called: before, tracer: [] });
    // Else the first call touched no client, and said nothing of what one loads.
    if (/^data|dependencies|persister/.test(name)) expect(aws.calls).not.toEqual([]);
  });
});

describe("a source map", () => {
  it("leads an error's stack to our file and line", async () => {
    const source = `
      import { createRequire } from "node:module";
      const require = createRequire(${JSON.stringify(join(first, "data-presenter/handler.cjs"))});
      delete process.env.RECORDS_TABLE;
      try { require("./handler.cjs"); } catch (error) { tell(error.stack); }`;

    const stack = await runNode<string>(source, {
      env: bundleEnvironment("data-presenter"),
      flags: ["--enable-source-maps"],
    });

    const line = (file: string, text: string) =>
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((one) => one.includes(text)) + 1;
    expect(stack).toContain(
      `common/config/config.ts:${line("common/config/config.ts", "environment is wrong")}:`,
    );
    expect(stack).toContain(
      `functions/data-presenter/handler.ts:${line("functions/data-presenter/handler.ts", "readConfig({")}:`,
    );
  });
});

describe("a compiled check", () => {
  it("finds the same faults as the one made at run time, whatever comes", async () => {
    const { PageQuery } = await import("#common/paging/page-query.schema.ts");
    const { RecordMessageSchema } = await import("#common/data/record-message.schema.ts");
    const { contract } = await import("#functions/data-generator/contract.ts");
    const out = join(folder, "compiled.mjs");
    const esbuild = await import("esbuild");
    const { validatorsPlugin } = await import("./validators-plugin.ts");
    await esbuild.build({
      stdin: {
        contents: `export { PageQuery } from "#common/paging/page-query.schema.ts";
          export { RecordMessageSchema } from "#common/data/record-message.schema.ts";
          export { contract } from "#functions/data-generator/contract.ts";`,
        resolveDir: root,
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: out,
      plugins: [validatorsPlugin()],
      logLevel: "silent",
    });
    const compiled = await import(pathToFileURL(out).href);
    const pairs: [SchemaValidator<unknown>, Validator<unknown>][] = [
      [PageQuery, compiled.PageQuery],
      [RecordMessageSchema, compiled.RecordMessageSchema],
      [contract["POST /data"].body, compiled.contract["POST /data"].body],
    ];
    const field = fc.constantFrom(
      "limit",
      "cursor",
      "id",
      "createdAt",
      "organizationId",
      "userId",
      "data",
      "x",
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.uuid(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.integer({ min: -1, max: 102 }),
      fc.integer({ min: -1, max: 102 }).map(String),
      fc.string(),
    );
    const input = fc.oneof(fc.dictionary(field, value), fc.jsonValue());

    expect(readFileSync(out, "utf8")).not.toContain("typebox");
    fc.assert(
      fc.property(input, fc.constantFrom(...pairs), (given, [slow, fast]) => {
        const [a, b] = [structuredClone(given), structuredClone(given)];

        expect(fast.faults(b)).toEqual(slow.faults(a));
        // Defaults and numbers of a query are filled in alike.
        expect(b).toEqual(a);
      }),
      { numRuns: 500 },
    );
  });
});
