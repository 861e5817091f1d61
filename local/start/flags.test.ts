import { describe, expect, it } from "vitest";
import { readFlags } from "./flags.ts";

describe("the flags of npm start", () => {
  it("have defaults", () => {
    expect(readFlags([], {})).toEqual({
      port: 4000,
      awsPort: 4566,
      data: ".millrace",
      chaos: 0,
      pace: 0.1,
      fresh: false,
      demo: false,
      watch: false,
      logs: false,
      quiet: false,
    });
  });

  it("are read in both forms and go before the environment", () => {
    const flags = readFlags(["--port", "5000", "--chaos=0.1", "--fresh", "--data", "elsewhere"], {
      PORT: "1",
      AWS_PORT: "6000",
    });

    expect(flags).toMatchObject({ port: 5000, awsPort: 6000, chaos: 0.1, fresh: true, data: "elsewhere" });
  });

  it.each([
    [["--foo"], "There is no option --foo"],
    [["-x"], "There is no option -x"],
    [["start"], '"start" belongs to no option'],
    [["--port"], "--port needs a value"],
    [["--port", "--quiet"], "--port needs a value"],
    [["--port", "70000"], "--port must be a whole number from 0 to 65535"],
    [["--port", "4e3"], "--port must be a whole number from 0 to 65535"],
    [["--aws-port", "x"], "--aws-port must be a whole number"],
    [["--port", "4566"], "need two ports"],
    [["--chaos", "1.1"], "--chaos must be a number from 0 to 1"],
    [["--chaos", "much"], "--chaos must be a number from 0 to 1"],
    [["--quiet=yes"], "--quiet takes no value"],
  ])("%j is refused in one sentence", (argv, sentence) => {
    const refusal = readFlags(argv, {});

    expect(refusal).toContain(sentence);
    expect(refusal).toMatch(/^[^\n]+\.$/);
  });

  it("names the variable when that is wrong", () => {
    expect(readFlags([], { PORT: "http" })).toMatch(/^PORT must be a port/);
  });
});
