// Asks a deployment, in AWS or local, whether it does what it says: `npm run integration`. Needs nothing
// but Node 24: the pipeline runs it in jobs that install no packages.
import { spawnSync } from "node:child_process";
import { integrationChecks, runChecks, smokeChecks } from "./integration/checks.ts";
import { platformAt } from "./integration/platform.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A token itself, or the command that prints it. */
type TokenSource = { value: string } | { command: string };

export type Arguments = {
  url: string;
  smoke: boolean;
  deadlineMs: number;
  release: string | undefined;
  token: TokenSource | undefined;
  otherToken: TokenSource | undefined;
};

const isUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username } = new URL(text);
  return /^https?:$/.test(protocol) && `${search}${hash}${username}` === "";
};

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readArguments = (
  argv: readonly string[],
  environment: Environment,
): { faults: string[] } | ({ faults: [] } & Arguments) => {
  const { values, faults } = readOptions("integration", argv);
  const { url, smoke, deadline, release } = values;
  if (url === undefined) {
    if (!faults.some((fault) => fault.startsWith("--url "))) {
      faults.push("--url is missing: it says which deployment to ask.");
    }
  } else if (!isUrl(url)) {
    faults.push(`--url must be an http or https URL without query and user, got "${url}".`);
  }

  const sourceOf = (option: "token" | "other-token", usual: string): TokenSource | undefined => {
    const command = values[`${option}-command`];
    const named = values[option];
    if (command !== undefined) {
      if (named !== undefined) faults.push(`--${option} and --${option}-command exclude each other.`);
      return { command };
    }
    const value = environment[named ?? usual]?.trim();
    if (value) return { value };
    if (named !== undefined) faults.push(`--${option}: the environment variable ${named} is not set.`);
    return undefined;
  };
  const token = sourceOf("token", "MILLRACE_TOKEN");
  const otherToken = sourceOf("other-token", "MILLRACE_OTHER_TOKEN");
  if (!smoke && token === undefined && !faults.some((fault) => fault.startsWith("--token"))) {
    faults.push(
      "There is no token: set MILLRACE_TOKEN or give --token-command (or --smoke, which needs none).",
    );
  }

  if (faults.length > 0 || url === undefined) return { faults };
  return {
    faults: [],
    url: url.replace(/\/+$/, ""),
    smoke,
    deadlineMs: deadline * 1000,
    release,
    token,
    otherToken,
  };
};

/** The token, or the reason why there is none. A token is never part of a message. */
const tokenFrom = (source: TokenSource | undefined): string | undefined => {
  if (source === undefined) return undefined;
  if ("value" in source) return source.value;
  const { status, stdout } = spawnSync(source.command, {
    shell: true,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const token = stdout?.trim() ?? "";
  if (status !== 0) throw new Error(`The command for a token ended with ${status}: ${source.command}`);
  if (!/^\S+$/.test(token)) throw new Error(`The command printed no token: ${source.command}`);
  return token;
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("integration", argv)) return;
  const asked = readArguments(argv, process.env);
  if (!("url" in asked)) return refuse(asked.faults);
  try {
    const context = {
      platform: platformAt(asked.url),
      token: asked.smoke ? undefined : tokenFrom(asked.token),
      otherToken: asked.smoke ? undefined : tokenFrom(asked.otherToken),
      release: asked.release,
      deadlineMs: asked.deadlineMs,
    };
    const { failed } = await runChecks(asked.smoke ? smokeChecks : integrationChecks, context, console.log);
    if (failed > 0) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
};

if (import.meta.main) await main();
