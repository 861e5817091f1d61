import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { printHelp, refuse } from "../../scripts/options.ts";
import { StartError } from "../aws/port/errors.ts";
import type { Platform } from "../platform.ts";
import { buildBundles } from "./bundles.ts";
import { playDemo } from "./demo.ts";
import { type Flags, readFlags } from "./flags.ts";
import { watchSources } from "./watch.ts";

const root = resolve(import.meta.dirname, "../..");
/** Stopping may take five seconds in all. */
const STOP_MAX_MS = 4700;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const fail = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
};

const summaryOf = (platform: Platform, token: string, flags: Flags): string => {
  const inside = relative(process.cwd(), resolve(flags.data));
  const data = inside === "" || inside.startsWith("..") ? resolve(flags.data) : inside;
  const authorization = `-H 'authorization: Bearer ${token}'`;
  return `Millrace is up.

  HTTP API      ${platform.url}
  AWS endpoint  ${platform.awsUrl}  (access key and secret: local)
  Keys          ${platform.url}/.well-known/jwks.json
  Data          ${data}  (--fresh empties it)
  Logs          ${data}/logs/<function>.log
${flags.chaos > 0 ? `  Chaos         ${flags.chaos} of AWS calls and invocations fail\n` : ""}
Try it; the token is good for twelve hours, and npm run -s token makes others:

  curl -s -X POST ${platform.url}/data ${authorization} -H 'content-type: application/json' -d '{"informationOne":"aaa23","informationTwo":"bbb24"}'

  curl -s ${platform.url}/data ${authorization}

Ctrl-C stops it.
`;
};

const run = async (flags: Flags, stopped: Promise<void>): Promise<void> => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  // The build runs beside the imports: it is a process of its own.
  const [{ startPlatform }] = await Promise.all([import("../platform.ts"), buildBundles(root)]);
  const tell = flags.quiet ? () => {} : print;
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
    ? watchSources({ root, build: () => buildBundles(root), swap: platform.swap, tell })
    : undefined;
  try {
    if (!flags.quiet) {
      const token = await platform.token({
        sub: "alice",
        organizationId: "demo",
        roles: ["data.read", "data.write", "events.read", "events.write"],
        ttlSeconds: 12 * 3600,
      });
      print(summaryOf(platform, token, flags));
    }
    if (flags.demo) tell(`${await playDemo(platform)}\n`);
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

  // As in Lambda; threads that start later take it over.
  process.env.TZ = "UTC";
  // Whoever read the summary may be gone.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const stopped = new Promise<void>((done) => {
    const stop = (): void => {
      setTimeout(() => process.exit(0), STOP_MAX_MS).unref();
      done();
    };
    // A terminal and npm may both tell, so a second signal changes nothing.
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
  // Nothing holds the process now but sockets of callers that do not hang up.
  process.exit();
};

await main();
