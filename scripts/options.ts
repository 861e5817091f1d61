import { parseArgs } from "node:util";
import commands from "./commands.json" with { type: "json" };
import { usageOf } from "./usage.mjs";

type Commands = typeof commands;
export type CommandName = keyof Commands;

/** What commands.json says of an option decides its type; one that is not given is undefined, or its default. */
type Option = {
  value?: string;
  help: string;
  integer?: number[];
  number?: number[];
  repeated?: boolean;
  default?: string | number;
};
type Single<O> = O extends { integer: number[] } | { number: number[] } ? number : string;
type Value<O> = O extends { value: string }
  ? O extends { repeated: boolean }
    ? string[]
    : O extends { default: string | number }
      ? Single<O>
      : Single<O> | undefined
  : boolean;
type Options<Name extends CommandName> = Commands[Name]["options"];

export type Given<Name extends CommandName> = {
  values: { [Key in keyof Options<Name>]: Value<Options<Name>[Key]> };
  arguments: string[];
  /** The options that were given, as opposed to those that have their default. */
  named: ReadonlySet<string>;
  /** A sentence for each thing that is wrong. With one of them the values are not to be used. */
  faults: string[];
};

const rangeFault = (name: string, { integer, number }: Option, text: string): string | undefined => {
  const [min = 0, max = 0] = integer ?? number ?? [];
  const isNumber = integer ? /^-?\d+$/.test(text) : text.trim() !== "" && !Number.isNaN(Number(text));
  if (isNumber && Number(text) >= min && Number(text) <= max) return undefined;
  return `--${name} must be a ${integer ? "whole number" : "number"} from ${min} to ${max}, got "${text}".`;
};

const single = (option: Option, text: string | undefined): string | number | undefined =>
  text === undefined ? option.default : option.integer || option.number ? Number(text) : text;

/** Reads the arguments of a command as commands.json has them. */
export const readOptions = <Name extends CommandName>(name: Name, argv: readonly string[]): Given<Name> => {
  const options: Record<string, Option> = commands[name].options;
  const faults: string[] = [];
  const texts = new Map<string, string[]>();
  const switches = new Set<string>();
  const positionals: string[] = [];
  const isBare = (arg: string): boolean => arg.startsWith("--") && options[arg.slice(2)]?.value !== undefined;
  const { tokens } = parseArgs({
    // parseArgs takes what follows an option for its value even where that is the next option.
    args: argv.map((arg, at) => (isBare(arg) && argv[at + 1]?.startsWith("--") ? `${arg}=` : arg)),
    options: Object.fromEntries(
      Object.entries(options).map(([key, { value }]) => [
        key,
        { type: value === undefined ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") {
      if ("arguments" in commands[name]) positionals.push(token.value);
      else faults.push(`"${token.value}" belongs to no option.`);
    }
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined || !token.rawName.startsWith("--")) {
      faults.push(`There is no option ${token.rawName}: --help lists what there is.`);
    } else if (option.value === undefined) {
      if (token.value !== undefined) faults.push(`${token.rawName} takes no value.`);
      switches.add(token.name);
    } else if (token.value === undefined || token.value === "") {
      faults.push(`${token.rawName} needs a value.`);
    } else if (texts.has(token.name) && !option.repeated) {
      faults.push(`--${token.name} is given more than once.`);
    } else {
      texts.set(token.name, [...(texts.get(token.name) ?? []), token.value]);
      const fault = option.integer || option.number ? rangeFault(token.name, option, token.value) : undefined;
      if (fault) faults.push(fault);
    }
  }
  const values = Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      if (option.value === undefined) return [key, switches.has(key)];
      return [key, option.repeated ? (texts.get(key) ?? []) : single(option, texts.get(key)?.[0])];
    }),
  ) as Given<Name>["values"];
  return { values, arguments: positionals, named: new Set([...texts.keys(), ...switches]), faults };
};

/** Prints the usage when it is asked for. `scripts/node24.mjs` does so too, before it installs anything. */
export const printHelp = (name: CommandName, argv: readonly string[]): boolean => {
  if (!argv.includes("--help")) return false;
  process.stdout.write(usageOf(commands[name]));
  return true;
};

/** A line for each fault, and the exit code of arguments that cannot be understood. */
export const refuse = (faults: readonly string[]): void => {
  process.stderr.write(`${faults.join("\n")}\n`);
  process.exitCode = 2;
};

/** For commands without further checks of their arguments: ends the process where there is a fault. */
export const optionsOrExit = <Name extends CommandName>(
  name: Name,
  argv: readonly string[],
): Pick<Given<Name>, "values" | "arguments" | "named"> => {
  if (printHelp(name, argv)) process.exit(0);
  const given = readOptions(name, argv);
  if (given.faults.length > 0) {
    refuse(given.faults);
    process.exit();
  }
  return given;
};
