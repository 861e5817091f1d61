import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { printHelp, refuse } from "../../scripts/options.ts";
import { StartError } from "../aws/port/errors.ts";
import { DEMO_CUSTOMERS } from "../demo/customers.ts";
import { playDemo } from "../demo/demo.ts";
import { buildBundles } from "./bundles.ts";
import { type Flags, readFlags } from "./flags.ts";
import { summaryOf } from "./summary.ts";
import { watchSources } from "./watch.ts";

const root = resolve(import.meta.dirname, "../..");
/** Stopping may take five seconds in all. */
const STOP_MAX_MS = 4700;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const fail = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
};

const run = async (flags: Flags, stopped: Promise<void>): Promise<void> => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const report = flags.quiet ? () => {} : print;
  // The build runs beside the imports: it is a process of its own.
  const [{ startPlatform }] = await Promise.all([
    import("../platform.ts"),
    buildBundles(root, () => report("Building the functions …")),
  ]);
  const platform = await startPlatform({
    functionsFolder: join(root, "functions"),
    bundlesFolder: join(root, "dist"),
    dataFolder: resolve(flags.data),
    fresh: flags.fresh,
    port: flags.port,
    awsPort: flags.awsPort,
    settings: { RELEASE_VERSION: version },
    environment: process.env,
    pace: flags.pace,
    chaos: { share: flags.chaos },
    ...(flags.logs ? { echo: print } : {}),
  });
  const unwatch = flags.watch
    ? watchSources({ root, build: () => buildBundles(root), swap: platform.swap, report })
    : undefined;
  try {
    report(summaryOf(platform, flags));
    if (flags.demo) {
      report(`Playing the demo, a month of ${DEMO_CUSTOMERS} customers …\n`);
      report(`${await playDemo(platform)}\n`);
    }
    print(`ready ${platform.url}`);
    await stopped;
  } finally {
    unwatch?.();
    await platform.stop();
  }
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("start", argv)) return;
  const flags = readFlags(argv, process.env);
  if (typeof flags === "string") return refuse([flags]);

  // Lambda runs in UTC; threads that start later inherit it.
  process.env.TZ = "UTC";
  // The reader of the output may be gone (npm start | head), which must not end the platform.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const stopped = new Promise<void>((done) => {
    const stop = (): void => {
      setTimeout(() => process.exit(0), STOP_MAX_MS).unref();
      done();
    };
    // A terminal and npm may both send a signal, so a second one changes nothing.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });

  try {
    await run(flags, stopped);
  } catch (error) {
    if (error instanceof StartError) fail(error.message);
    else
      fail(
        `The platform could not go on: ${error instanceof Error ? error.message : String(error)} (npm start -- --fresh starts with no data).`,
      );
  }
  // Only sockets of callers that do not hang up keep the process alive now.
  process.exit();
};

await main();
