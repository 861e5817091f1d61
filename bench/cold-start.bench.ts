import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { build } from "../scripts/build/build.ts";
import { builtinsPlugin, generatedPlugin, tracerPlugin } from "../scripts/build/bundle-plugins.ts";
import { validatorsPlugin } from "../scripts/build/validators-plugin.ts";
import { median, type Row } from "./row.ts";

const root = resolve(import.meta.dirname, "..");
const ROUNDS = 15;
const PROBE = join(root, "bench/cold-start-probe.mjs");

type Probed = { importMs: number; totalMs: number; loaded: number };

/** The presenter of the data service with cursors that need no KMS: the stack, one table, nothing else of AWS. */
const DYNAMODB_FUNCTION = `
import { readConfig, text } from "#common/config/config.ts";
import { ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { contract } from "#functions/data-presenter/contract.ts";
import manifest from "#functions/data-presenter/function.json" with { type: "json" };
import { makePresentRecords } from "#functions/data-presenter/present-records.ts";
import { recordTable } from "#functions/data-presenter/record-table.ts";
const config = readConfig({ RECORDS_TABLE: text() });
const cursors = { seal: async () => "", open: async () => "" };
const presentRecords = makePresentRecords({ records: recordTable(config.RECORDS_TABLE), cursors });
export const handler = httpHandler({ manifest, contract, actions: {
  "GET /data": ({ caller, query }) => presentRecords.page(caller, query),
  "GET /data/{id}": async ({ caller, params }) => ok(await presentRecords.one(caller, params.id)),
} });
`;

const MANIFEST = {
  description: "Keeps records; here to be measured.",
  timeoutSeconds: 10,
  triggers: [],
  access: {},
};

/** esbuild with no more than it takes to run: the validators are compiled in both, so that only the bundling differs. */
const buildDefaults = async (entry: string, outfile: string, generated: string) => {
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    absWorkingDir: root,
    plugins: [generatedPlugin(generated), validatorsPlugin()],
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "error",
  });
};

const EVENT = JSON.stringify({
  httpMethod: "GET",
  resource: "/data",
  headers: {},
  multiValueQueryStringParameters: { limit: ["10"] },
  requestContext: {
    requestId: "bench",
    authorizer: { userId: "alice", organizationId: "demo", roles: "data.read", expiresAt: "4102444800" },
  },
  body: null,
});

const execute = promisify(execFile);

const probe = async (file: string, endpoint: string, event?: string): Promise<Probed> => {
  const { stdout } = await execute(process.execPath, [PROBE, file, ...(event ? [event] : [])], {
    env: {
      RECORDS_TABLE: "bench",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_ENDPOINT_URL: endpoint,
      POWERTOOLS_SERVICE_NAME: "bench",
    },
  });
  return JSON.parse(stdout);
};

/** Each file in turn, several rounds, medians; so that a change of the machine's speed touches all alike. */
const rounds = async (files: Record<string, [file: string, event?: string]>, endpoint: string) => {
  const all: Record<string, Probed[]> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, [file, event]] of Object.entries(files)) {
      const probes = all[name] ?? [];
      probes.push(await probe(file, endpoint, event));
      all[name] = probes;
    }
  }
  return (name: string, field: keyof Probed) => median((all[name] ?? []).map((one) => one[field]));
};

export const run = async (): Promise<Row[]> => {
  // Inside the checkout, so that imports resolve; git ignores it.
  mkdirSync(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, "dist/bench-"));
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end('{"Items":[],"Count":0}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const functions = join(folder, "functions");
    const put = (path: string, text: string) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    };
    put(join(functions, "bench-table/handler.ts"), DYNAMODB_FUNCTION);
    put(join(functions, "bench-table/function.json"), JSON.stringify(MANIFEST));
    for (const name of ["resources.json", "rights.json", "function.schema.json", "resources.schema.json"]) {
      const { default: json } = await import(join(root, "functions", name), { with: { type: "json" } });
      put(join(functions, name), JSON.stringify(json));
    }
    const out = join(folder, "out");
    await build({ functionsFolder: functions, outFolder: out });
    const ours = join(out, "bench-table/handler.cjs");
    const entry = join(functions, "bench-table/handler.ts");
    const theirs = join(folder, "defaults.mjs");
    await buildDefaults(entry, theirs, join(out, "generated"));
    const empty = join(folder, "empty.cjs");
    put(empty, "exports.handler = async () => {};");

    // What tracing costs an unsampled start: the stack without it, with it loaded lazily, with it at once.
    const stack = (tracing: string) => `${tracing}
      import { tableStreamHandler } from "#common/middleware/table-stream.ts";
      export const handler = tableStreamHandler({ action: async () => {} });`;
    const buildStack = async (name: string, source: string, plugins: esbuild.Plugin[]) => {
      const file = join(folder, `${name}.cjs`);
      put(join(folder, `${name}.ts`), source);
      await esbuild.build({
        entryPoints: [join(folder, `${name}.ts`)],
        outfile: file,
        bundle: true,
        platform: "node",
        target: "node24",
        format: "cjs",
        mainFields: ["module", "main"],
        minify: true,
        absWorkingDir: root,
        plugins: [builtinsPlugin(), ...plugins],
        logLevel: "error",
      });
      return file;
    };
    const noTracer: esbuild.Plugin = {
      name: "no-tracer",
      setup: (one) =>
        one.onLoad({ filter: /telemetry\/tracer\.ts$/ }, () => ({
          contents: "export const openSegment = () => () => {};",
        })),
    };
    const without = await buildStack("without", stack(""), [noTracer]);
    const lazy = await buildStack("lazy", stack(""), [tracerPlugin()]);
    const eager = await buildStack("eager", stack('import "#common/telemetry/tracer.ts";'), []);

    const of = await rounds(
      {
        empty: [empty],
        ours: [ours],
        theirs: [theirs],
        oursCalled: [ours, EVENT],
        theirsCalled: [theirs, EVENT],
        without: [without],
        lazy: [lazy],
        eager: [eager],
      },
      endpoint,
    );
    const above = (name: string, field: keyof Probed) => of(name, field) - of("empty", field);
    const tracing = (name: string) => of(name, "importMs") - of("without", "importMs");
    const zipKilobytes = statSync(join(out, "bench-table.zip")).size / 1024;
    const row = (
      what: string,
      against: string,
      a: number,
      b: number,
      unit: string,
      goal: string,
      ratio = a / b,
    ): Row => ({
      what,
      against,
      ours: a,
      theirs: b,
      unit,
      ratio,
      goal,
    });
    return [
      row(
        "import of a DynamoDB function",
        "esbuild defaults, ESM",
        above("ours", "importMs"),
        above("theirs", "importMs"),
        "ms",
        "≤ 0.40",
      ),
      row(
        "import and first call",
        "esbuild defaults, ESM",
        above("oursCalled", "totalMs"),
        above("theirsCalled", "totalMs"),
        "ms",
        "≤ 0.70",
      ),
      row("zip of a DynamoDB function", "its limit", zipKilobytes, 120, "KB", "≤ 1"),
      row(
        "undici, http2 modules loaded",
        "none",
        of("oursCalled", "loaded"),
        0,
        "modules",
        "≤ 0",
        of("oursCalled", "loaded"),
      ),
      row(
        "tracing that is not sampled",
        "powertools tracer at once",
        tracing("lazy"),
        tracing("eager"),
        "ms",
        "≤ 0.25",
      ),
      row("tracing that is not sampled", "its limit", tracing("lazy"), 6, "ms", "≤ 1"),
    ];
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
