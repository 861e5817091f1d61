import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import { aliasArn, type Deployment, resourceName } from "#common/manifest/names.ts";
import type { Clock } from "../clock.ts";
import type { Chaos, Invoker } from "../seams.ts";
import { functionEnvironment, logNamesOf } from "./environment.ts";
import { ASYNCHRONOUS_BYTES_MAX, failures, SYNCHRONOUS_BYTES_MAX } from "./failures.ts";
import type { Logs } from "./logs.ts";
import { createPool, type Pool } from "./pool.ts";
import { startSandbox } from "./sandbox.ts";

export type RuntimeOptions = {
  declarations: Declarations;
  deployment: Deployment;
  settings: Readonly<Record<string, string>>;
  /** Holds `<function>/handler.cjs`. */
  bundlesFolder: string;
  awsUrl: string;
  /** Secret access key of a function, with which it signs its AWS calls. */
  secretOf(functionName: string): string;
  logs: Logs;
  chaos: Chaos;
  /** The functions' `Date` is the clock's. */
  clock: Clock;
  /** Most sandboxes of one function that reserves no concurrency. */
  concurrencyMax?: number;
  idleMs?: number;
};

export type Runtime = Invoker & {
  /** The next invocation runs the bundle that is there now; what runs finishes with the old one. */
  swap(functionName: string): void;
  /** Kills one running invocation of the function half-way; false if none runs. */
  kill(functionName: string): boolean;
  /** Sandboxes of the function, at work or not. */
  size(functionName: string): number;
  /** Lets running invocations finish until `signal` aborts, then ends all threads. */
  stop(signal: AbortSignal): Promise<void>;
};

const CONCURRENCY_MAX = 10;
const IDLE_MS = 120_000;

const poolFor = (options: RuntimeOptions, manifest: Manifest): Pool => {
  const { declarations, deployment, settings, bundlesFolder, awsUrl, logs, chaos, clock } = options;
  const taskRoot = join(bundlesFolder, manifest.name);
  const secretAccessKey = options.secretOf(manifest.name);
  return createPool({
    start: () => {
      const logNames = logNamesOf(deployment, manifest);
      return startSandbox({
        file: join(taskRoot, "handler.cjs"),
        environment: functionEnvironment({
          declarations,
          deployment,
          manifest,
          settings,
          taskRoot,
          awsUrl,
          secretAccessKey,
          logNames,
        }),
        memoryMb: manifest.memoryMb,
        timeoutSeconds: manifest.timeoutSeconds,
        context: {
          ...logNames,
          functionName: resourceName(deployment, manifest.name),
          functionVersion: "$LATEST",
          invokedFunctionArn: aliasArn(deployment, manifest),
          memoryLimitInMB: String(manifest.memoryMb),
        },
        ahead: clock.ahead,
        onOutput: (text) => logs.write(manifest.name, text),
      });
    },
    concurrencyMax: manifest.concurrency.reserved ?? options.concurrencyMax ?? CONCURRENCY_MAX,
    idleMs: options.idleMs ?? IDLE_MS,
    chaos,
  });
};

/** Runs the bundles of a functions folder, each apart from the others, as Lambda would. */
export const createRuntime = (options: RuntimeOptions): Runtime => {
  const pools = new Map(
    options.declarations.manifests.map((manifest) => [manifest.name, poolFor(options, manifest)]),
  );
  const poolOf = (name: string): Pool => {
    const pool = pools.get(name);
    if (pool === undefined) throw new Error(`there is no function ${name}`);
    return pool;
  };

  return {
    invoke: async (functionName, event, { requestId = randomUUID(), asynchronous = false } = {}) => {
      const text = JSON.stringify(event);
      const limit = asynchronous ? ASYNCHRONOUS_BYTES_MAX : SYNCHRONOUS_BYTES_MAX;
      // A UTF-16 unit takes at most three bytes, so the bytes of most events need no counting.
      const bytes = text.length * 3 > limit ? Buffer.byteLength(text) : 0;
      if (bytes > limit) return failures.requestTooLarge(bytes, limit);
      const outcome = await poolOf(functionName).invoke({ requestId, event: text });
      if (outcome.outcome === "failed") {
        const { errorType, errorMessage, trace } = outcome.error;
        const line = { level: "platform", requestId, errorType, errorMessage, trace };
        options.logs.write(functionName, `${JSON.stringify(line)}\n`);
      }
      return outcome;
    },
    swap: (name) => poolOf(name).retire(),
    kill: (name) => poolOf(name).killOne(),
    size: (name) => poolOf(name).size(),
    stop: async (signal) => {
      await Promise.all([...pools.values()].map((pool) => pool.stop(signal)));
    },
  };
};
