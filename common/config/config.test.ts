import { describe, expect, it } from "vitest";
import { list, optional, optionalText, readConfig, someOf, text, textThat } from "./config.ts";

const isShort = (given: string) => given.length < 3;
const shape = {
  NAME: text(),
  NOTE: optionalText(),
  NAMES: list(),
  SOME: someOf(),
  USE: optional(textThat((given) => given === "access" || given === "id", "access or id")),
  SHORT: textThat(isShort, "short"),
  MAYBE: optional(textThat(isShort, "short")),
};

describe("reading the configuration", () => {
  it("answers what the settings mean", () => {
    const full = {
      NAME: "a",
      NOTE: "b",
      NAMES: "c, d,,",
      SOME: "e",
      USE: "id",
      SHORT: "f",
      MAYBE: "g",
      OTHER: "h",
    };

    expect(readConfig(shape, full)).toEqual({
      NAME: "a",
      NOTE: "b",
      NAMES: ["c", "d"],
      SOME: ["e"],
      USE: "id",
      SHORT: "f",
      MAYBE: "g",
    });
  });

  it("takes the empty text for nothing", () => {
    const empty = { NAME: "a", NOTE: "", NAMES: "", SOME: "e", USE: "", SHORT: "f", MAYBE: "" };

    expect(readConfig(shape, empty)).toEqual({ NAME: "a", NAMES: [], SOME: ["e"], SHORT: "f" });
    expect(() => readConfig({ NAME: text() }, { NAME: "" })).toThrow("NAME is missing");
  });

  it("names everything that is missing or wrong in one error", () => {
    expect(() => readConfig(shape, { USE: "refresh", SHORT: "long", MAYBE: "long", SOME: ", " })).toThrow(
      `The function's environment is wrong: NAME is missing; SOME is missing; USE must be access or id, got "refresh"; SHORT must be short, got "long"; MAYBE must be short, got "long".`,
    );
    expect(() => readConfig(shape, {})).toThrow("NAME is missing; SOME is missing; SHORT is missing.");
  });

  it("reads the process's environment when none is given", () => {
    process.env.CONFIG_TEST_NAME = "here";

    expect(readConfig({ CONFIG_TEST_NAME: text() })).toEqual({ CONFIG_TEST_NAME: "here" });
    delete process.env.CONFIG_TEST_NAME;
  });
});
