// Asks a deployment, in AWS or local, whether it does what it says: `npm run integration`. Needs nothing
// but Node 24: the pipeline runs it in jobs that install no packages.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { integrationChecks, runChecks, smokeChecks } from "./integration/checks.ts";
import { platformAt } from "./integration/platform.ts";

const USAGE = `Checks a deployment from outside and prints one line for each check.

  npm run -s integration -- --url https://api.example.org --token MILLRACE_TOKEN
  npm run -s integration -- --url http://localhost:4000 \\
    --token-command "npm run -s token -- --sub alice --organization demo --role data.read,data.write"
  npm run -s integration -- --url https://api.example.org --smoke --release v12

  --url                  origin (and stage) of the deployment (required)
  --token                environment variable that holds a token with data.read and data.write (default MILLRACE_TOKEN)
  --token-command        command that prints that token, instead
  --other-token          environment variable with the token of somebody without these roles (default MILLRACE_OTHER_TOKEN)
  --other-token-command  command that prints that token, instead
  --release              the version that GET /health has to tell
  --deadline             seconds a change may take to show (default 60)
  --smoke                only what needs no token and writes nothing
`;

const NAMES = [
  "url",
  "token",
  "token-command",
  "other-token",
  "other-token-command",
  "release",
  "deadline",
] as const;
type Name = (typeof NAMES)[number];

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

const isName = (name: string): name is Name => NAMES.some((known) => known === name);

const isUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username } = new URL(text);
  return /^https?:$/.test(protocol) && `${search}${hash}${username}` === "";
};

/** What was asked for, or one sentence for each thing that is wrong with it. */
export const readArguments = (
  argv: readonly string[],
  environment: Environment,
): { faults: string[] } | ({ faults: [] } & Arguments) => {
  const faults: string[] = [];
  const given = new Map<Name, string>();
  let smoke = false;
  const isBareOption = (arg: string) => arg.startsWith("--") && isName(arg.slice(2));
  const { tokens } = parseArgs({
    // parseArgs takes what follows an option for its value even where that is the next option.
    args: argv.map((arg, at) => (isBareOption(arg) && argv[at + 1]?.startsWith("--") ? `${arg}=` : arg)),
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
      smoke: { type: "boolean" as const },
    },
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") faults.push(`"${token.value}" belongs to no option.`);
    if (token.kind !== "option") continue;
    if (token.name === "smoke") {
      smoke = true;
      if (token.value !== undefined) faults.push("--smoke takes no value.");
    } else if (!isName(token.name)) {
      faults.push(`There is no option ${token.rawName}; there are --${NAMES.join(", --")} and --smoke.`);
    } else if (token.value === undefined || token.value === "") {
      faults.push(`${token.rawName} needs a value.`);
    } else if (given.has(token.name)) {
      faults.push(`--${token.name} is given more than once.`);
    } else {
      given.set(token.name, token.value);
    }
  }

  const url = given.get("url");
  if (url === undefined) {
    if (!faults.some((fault) => fault.startsWith("--url "))) {
      faults.push("--url is missing: it says which deployment to ask.");
    }
  } else if (!isUrl(url)) {
    faults.push(`--url must be an http or https URL without query and user, got "${url}".`);
  }

  const deadline = given.get("deadline") ?? "60";
  if (!/^[1-9][0-9]{0,2}$/.test(deadline)) {
    faults.push(`--deadline must be 1 to 999 seconds, got "${deadline}".`);
  }

  const sourceOf = (option: "token" | "other-token", usual: string): TokenSource | undefined => {
    const command = given.get(`${option}-command`);
    const named = given.get(option);
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
    deadlineMs: Number(deadline) * 1000,
    release: given.get("release"),
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
  if (process.argv.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  const asked = readArguments(process.argv.slice(2), process.env);
  if (!("url" in asked)) {
    process.stderr.write(`${asked.faults.join("\n")}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
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
