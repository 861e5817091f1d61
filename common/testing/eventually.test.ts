import { describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";

/** Answers these one after the other, and the last of them from then on. */
const answering = <T>(...answers: T[]): (() => T) => {
  let asked = 0;
  return () => answers[Math.min(asked++, answers.length - 1)] as T;
};

describe("waiting for an answer", () => {
  it("gives the first that is neither undefined nor false", async () => {
    expect(await eventually(answering<number | false | undefined>(undefined, false, 0, 1))).toBe(0);
    expect(await eventually(async () => "at once", 1)).toBe("at once");
  });

  it("gives the first that is what was waited for", async () => {
    expect(await eventually(answering(1, 2, 3, 4), (answer) => answer > 2)).toBe(3);
  });

  it("fails at the deadline with the last answer", async () => {
    await expect(eventually(answering({ status: 404 }), ({ status }) => status === 200, 20)).rejects.toThrow(
      /not within 20 ms: .* was \{"status":404\}$/s,
    );
    await expect(eventually(answering(false), 20)).rejects.toThrow("not within 20 ms");
  });

  it("does not wait out an error", async () => {
    const ask = async () => {
      throw new TypeError("broken");
    };

    await expect(eventually(ask, () => true)).rejects.toThrow("broken");
  });
});
