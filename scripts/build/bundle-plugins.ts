import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import type { RouteContract } from "#common/http/contract.ts";

/**
 * Builtins through `process.getBuiltinModule` instead of import or require: an import of `node:http`
 * as a module makes Node load undici and http2 as well, 12 to 14 ms that no function needs.
 */
export const builtinsPlugin = (): Plugin => ({
  name: "builtins",
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path }) =>
      isBuiltin(path) ? { path: path.replace(/^node:/, ""), namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
});

/** Lambda hands its credentials over in the environment; the SDK's other providers are never asked. */
const CREDENTIALS = `
exports.defaultProvider = () => async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  sessionToken: process.env.AWS_SESSION_TOKEN,
});`;

/**
 * Event streams (Kinesis, Transcribe, S3 Select) are in every client and used by none of ours. S3's client
 * sets them up all the same.
 */
const EVENT_STREAMS = `
exports.resolveEventStreamSerdeConfig = (config) => config;
exports.eventStreamSerdeProvider = () => ({});
exports.EventStreamSerde = class { constructor() { throw new Error("event streams are not in this bundle"); } };`;

/** DynamoDB's client makes a cache for endpoint discovery, which none of its commands uses. */
const ENDPOINT_CACHE = "exports.EndpointCache = class {};";

/** The X-Ray SDK asks whether Node is newer than 8 and the SDK newer than 2. Both are. */
const SEMVER = "exports.gte = () => true;";

const STUBS: Record<string, string> = {
  "@aws-sdk/credential-provider-node": CREDENTIALS,
  "@smithy/core/event-streams": EVENT_STREAMS,
  "@aws-sdk/endpoint-cache": ENDPOINT_CACHE,
  semver: SEMVER,
};

/** Puts a few lines in the place of packages that every client brings and no function of ours uses. */
export const stubsPlugin = (): Plugin => ({
  name: "stubs",
  setup(build) {
    build.onResolve(
      {
        filter: /^(@aws-sdk\/(credential-provider-node|endpoint-cache)|@smithy\/core\/event-streams|semver)$/,
      },
      ({ path }) => ({
        path,
        namespace: "stub",
      }),
    );
    build.onLoad({ filter: /.*/, namespace: "stub" }, ({ path }) => ({
      contents: STUBS[path] ?? "",
      loader: "js",
    }));
  },
});

/** The tracer is a file of its own beside the handler: most invocations are not sampled and never read it. */
export const tracerPlugin = (): Plugin => ({
  name: "tracer",
  setup(build) {
    build.onResolve({ filter: /telemetry\/tracer\.ts$/ }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: "./tracer.cjs", external: true },
    );
  },
});

/** What the stack needs of idempotency at start. A contract without idempotent routes never calls it. */
const NO_IDEMPOTENCY: Record<string, string> = {
  "idempotency/table.ts": "",
  "idempotency/idempotency.ts": "export const [begin, idempotencyKeyOf, scopeOf] = [];",
  "middleware/idempotency-store.ts": "export const grantedStore = () => undefined;",
};

/**
 * Idempotency, and DynamoDB's client with it, is for functions whose manifest grants its table: the build
 * refuses a contract that needs it in any other.
 */
export const idempotencyPlugin = (isGranted: boolean): Plugin => ({
  name: "idempotency",
  setup(build) {
    if (isGranted) return;
    build.onLoad({ filter: /[/\\]common[/\\](idempotency|middleware)[/\\][^/\\]+$/ }, ({ path }) => {
      const contents = NO_IDEMPOTENCY[path.split(/[/\\]/).slice(-2).join("/")];
      return contents === undefined ? undefined : { contents, loader: "js" };
    });
  },
});

/** What the stack calls of the parts of a request that no route of a contract takes. */
const NO_PART = {
  body: { file: "json-body.ts", contents: "export const bodyOf = () => undefined;" },
  bodyTypes: { file: "packed-body.ts", contents: "export const unpacked = (bytes) => bytes;" },
  preconditions: { file: "conditional-headers.ts", contents: "export const preconditionsOf = () => ({});" },
};

/**
 * Reading JSON, unpacking and reading conditional headers are for functions with a route that takes them: the others
 * would load 3 KB at each cold start that they never call.
 */
export const requestPartsPlugin = (contracts: readonly RouteContract[]): Plugin => ({
  name: "request-parts",
  setup(build) {
    for (const part of ["body", "bodyTypes", "preconditions"] as const) {
      if (contracts.some((contract) => contract[part] !== undefined)) continue;
      const { file, contents } = NO_PART[part];
      const filter = new RegExp(`[/\\\\]common[/\\\\]middleware[/\\\\]${file.replace(".", "\\.")}$`);
      build.onLoad({ filter }, () => ({ contents, loader: "js" }));
    }
  },
});

/** `#generated/…` is what this build makes for the functions of this folder. */
export const generatedPlugin = (generatedFolder: string): Plugin => ({
  name: "generated",
  setup(build) {
    // A namespace and not the file's path, which would stand in the source map: what is in a zip must
    // not depend on where it is written.
    build.onResolve({ filter: /^#generated\// }, ({ path }) => ({
      path: path.slice("#generated/".length),
      namespace: "generated",
    }));
    build.onLoad({ filter: /.*/, namespace: "generated" }, async ({ path }) => ({
      contents: await readFile(join(generatedFolder, path), "utf8"),
      loader: "ts",
    }));
  },
});

/** Maps a dependency's whole file to its own first line: stack traces name our sources, and stay small. */
const NO_MAP = Buffer.from(
  JSON.stringify({ version: 3, sources: ["v"], names: [], mappings: "AAAA" }),
).toString("base64");

export const dependencyMapsPlugin = (): Plugin => ({
  name: "dependency-maps",
  setup(build) {
    build.onLoad({ filter: /[/\\]node_modules[/\\].*\.m?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}\n//# sourceMappingURL=data:application/json;base64,${NO_MAP}`,
      loader: "js",
    }));
  },
});
