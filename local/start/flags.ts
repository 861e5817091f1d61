import { parseArgs } from "node:util";

export const USAGE = `Brings up the whole platform on this machine: npm start -- [flags]

  --port N        the front door (default 4000, or PORT)
  --aws-port N    the AWS endpoint (default 4566, or AWS_PORT)
  --data FOLDER   where data, logs and the issuer's keys are kept (default .millrace)
  --fresh         start empty; the issuer's keys stay, so tokens stay good
  --demo          play sample data through the front door
  --watch         rebuild and swap a function when its source changes
  --logs          show what the functions print
  --chaos SHARE   let this share (0 to 1) of AWS calls and invocations fail
  --pace FACTOR   shorten retries and batching windows (default 0.1; 1 is AWS's own pace)
  --quiet         print one line, when the front door answers
  --help          print this
`;

export type Flags = {
  port: number;
  awsPort: number;
  data: string;
  fresh: boolean;
  demo: boolean;
  watch: boolean;
  logs: boolean;
  chaos: number;
  pace: number;
  quiet: boolean;
  help: boolean;
};

const SWITCHES = ["fresh", "demo", "watch", "logs", "quiet", "help"] as const;
const VALUES = ["port", "aws-port", "data", "chaos", "pace"] as const;
type Switch = (typeof SWITCHES)[number];
type Value = (typeof VALUES)[number];

const isSwitch = (name: string): name is Switch => SWITCHES.some((known) => known === name);
const isValue = (name: string): name is Value => VALUES.some((known) => known === name);

/** What was asked for, or one sentence that says what is wrong with it. */
export const readFlags = (
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Flags | string => {
  const switches = new Set<Switch>();
  const values = new Map<Value, string>();
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(VALUES.map((name) => [name, { type: "string" as const }])),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") return `"${token.value}" is no flag: npm start -- --help lists them.`;
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (isSwitch(name)) {
      if (value !== undefined) return `${rawName} takes no value.`;
      switches.add(name);
    } else if (isValue(name)) {
      if (value === undefined || value === "" || (!token.inlineValue && value.startsWith("--"))) {
        return `${rawName} needs a value: npm start -- --help says which.`;
      }
      values.set(name, value);
    } else {
      return `There is no flag ${rawName}: npm start -- --help lists them.`;
    }
  }

  const faults: string[] = [];
  const portOf = (flag: Value, variable: string, otherwise: number): number => {
    const text = values.get(flag) ?? (environment[variable] || String(otherwise));
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (port <= 65_535) return port;
    const source = values.has(flag) ? `--${flag}` : variable;
    faults.push(`${source} must be a port from 0 (any free one) to 65535, got "${text}".`);
    return 0;
  };
  const shareOf = (flag: Value, otherwise: number): number => {
    const text = values.get(flag) ?? String(otherwise);
    const share = Number(text);
    if (share >= 0 && share <= 1) return share;
    faults.push(`--${flag} must be a number from 0 to 1, got "${text}".`);
    return 0;
  };
  const flags: Flags = {
    port: portOf("port", "PORT", 4000),
    awsPort: portOf("aws-port", "AWS_PORT", 4566),
    data: values.get("data") ?? ".millrace",
    chaos: shareOf("chaos", 0),
    pace: shareOf("pace", 0.1),
    fresh: switches.has("fresh"),
    demo: switches.has("demo"),
    watch: switches.has("watch"),
    logs: switches.has("logs"),
    quiet: switches.has("quiet"),
    help: switches.has("help"),
  };
  if (flags.port !== 0 && flags.port === flags.awsPort) {
    faults.push(`The front door and the AWS endpoint need two ports, got ${flags.port} for both.`);
  }
  return faults[0] ?? flags;
};
