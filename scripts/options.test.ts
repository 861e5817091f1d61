import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import commands from "./commands.json" with { type: "json" };
import { readOptions } from "./options.ts";
import { usageOf } from "./usage.mjs";

const faultsOf = (...argv: string[]) => readOptions("start", argv).faults;

describe("the options of a command", () => {
  it("have their defaults, or nothing", () => {
    const { values, named, faults } = readOptions("start", []);

    expect(values).toEqual({
      port: undefined,
      "aws-port": undefined,
      data: ".millrace",
      fresh: false,
      demo: false,
      watch: false,
      logs: false,
      chaos: 0,
      pace: 0.1,
      quiet: false,
    });
    expect([...named]).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("are read in both forms, as numbers where they are numbers, and repeated where they may be", () => {
    expect(readOptions("start", ["--port", "5000", "--chaos=0.5", "--fresh"])).toMatchObject({
      values: { port: 5000, chaos: 0.5, fresh: true },
      faults: [],
    });
    expect(readOptions("token", ["--role", "a", "--role=b"]).values.role).toEqual(["a", "b"]);
    expect(readOptions("token", ["--sub=--x"]).values.sub).toBe("--x");
  });

  it("stand beside arguments where the command takes some", () => {
    expect(readOptions("soak", ["data", "--records", "5"])).toMatchObject({
      arguments: ["data"],
      values: { records: 5, chaos: 0.1 },
      named: new Set(["records"]),
    });
  });

  it.each([
    [["--foo"], "There is no option --foo: --help lists what there is."],
    [["-x"], "There is no option -x: --help lists what there is."],
    [["-port"], "There is no option -p: --help lists what there is."],
    [["--constructor"], "There is no option --constructor: --help lists what there is."],
    [["start"], '"start" belongs to no option.'],
    [["--port"], "--port needs a value."],
    [["--port="], "--port needs a value."],
    [["--port", "--quiet"], "--port needs a value."],
    [["--quiet=yes"], "--quiet takes no value."],
    [["--data", "a", "--data", "b"], "--data is given more than once."],
    [["--port", "65536"], '--port must be a whole number from 0 to 65535, got "65536".'],
    [["--port=-1"], '--port must be a whole number from 0 to 65535, got "-1".'],
    [["--port", "4e3"], '--port must be a whole number from 0 to 65535, got "4e3".'],
    [["--chaos", "1.1"], '--chaos must be a number from 0 to 1, got "1.1".'],
    [["--chaos", " "], '--chaos must be a number from 0 to 1, got " ".'],
    [["--chaos", "NaN"], '--chaos must be a number from 0 to 1, got "NaN".'],
  ])("%j are refused in one line", (argv, fault) => {
    expect(faultsOf(...argv)[0]).toBe(fault);
    expect(fault).not.toContain("\n");
  });

  it("take the bounds of a number", () => {
    expect(faultsOf("--port", "0", "--aws-port", "65535", "--chaos", "0", "--pace", "1")).toEqual([]);
  });
});

describe("the help", () => {
  it("is there for every command of package.json that is run here, and for no other", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

    expect(Object.keys(commands).sort()).toEqual(Object.keys(scripts).sort());
  });

  it.each(Object.entries(commands))("of %s names each option with its value and default", (_, command) => {
    const usage = usageOf(command);

    expect(usage.startsWith(command.summary.slice(0, 40))).toBe(true);
    for (const [name, option] of Object.entries(command.options)) {
      expect(usage).toContain(`--${name}${"value" in option ? ` ${option.value}` : ""}  `);
      const rest = usage.slice(usage.indexOf(`  --${name} `));
      if ("default" in option) expect(rest).toContain(`(default ${option.default})`);
    }
    for (const line of usage.split("\n")) {
      if (!line.startsWith("  npm")) expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});
