import { describe, expect, it } from "vitest";
import { makeTally } from "./tally.ts";

const SENDER = "0199aa00-0000-4000-8000-000000000001";

describe("the tally of a lake's ids", () => {
  it("counts lines, ids and doubles", () => {
    const tally = makeTally();
    tally.add("a", 3);
    tally.add("b", 1);

    expect(tally.end()).toEqual({ lines: 4, ids: 2, doubles: 2, gaps: [], missing: [] });
  });

  it("names the numbers that a sender's messages lack, whatever their order and parts", () => {
    const tally = makeTally();
    for (const number of ["9", "4.2", "4.1", "3", "7", "7"]) tally.add(`${SENDER}.${number}`, 1);

    expect(tally.end().gaps).toEqual([
      { sender: SENDER, from: 5, to: 6 },
      { sender: SENDER, from: 8, to: 8 },
    ]);
  });

  it("looks for no gap in ids that others gave", () => {
    const tally = makeTally();
    for (const id of ["order.1", "order.9", `${SENDER}.x`]) tally.add(id, 1);

    expect(tally.end().gaps).toEqual([]);
  });

  it("names what was sent and is not there", () => {
    const tally = makeTally(["a", "b", "c"]);
    tally.add("b", 1);

    expect(tally.end().missing).toEqual(["a", "c"]);
  });
});
