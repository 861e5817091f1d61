import { describe, expect, it } from "vitest";
import { daysOf, relationQuery } from "./relations.ts";

const FROM = Date.parse("2026-05-05T10:30:00.000Z");
const options = (
  days: { day: string; generation: number; raw: boolean }[],
  to = "2026-05-07T02:00:00.000Z",
) => ({
  environment: "local",
  organizationId: "demo",
  logType: "web" as const,
  range: { from: FROM, to: Date.parse(to) },
  days,
});

describe("a relation", () => {
  it("names the partitions that its range touches, and no other", () => {
    const range = { from: FROM, to: Date.parse("2026-05-07T02:00:00.000Z") };
    expect(daysOf(range)).toEqual(["2026-05-05", "2026-05-06", "2026-05-07"]);

    const sql = relationQuery(options(daysOf(range).map((day) => ({ day, generation: 0, raw: true }))));

    expect(sql).toContain("environment = 'local' AND organization = 'demo' AND (");
    expect(sql).toContain(
      "((year = 2026 AND month = 5 AND day = 5 AND hour BETWEEN 10 AND 23) OR (year = 2026 AND month = 5 AND day = 6) OR (year = 2026 AND month = 5 AND day = 7 AND hour BETWEEN 0 AND 1))",
    );
    expect(sql).toContain(`"time" >= '2026-05-05T10:30:00.000Z' AND "time" < '2026-05-07T02:00:00.000Z'`);
    expect(sql).not.toContain("web_compacted");
  });

  it("reads raw beside the generation that counts, and a settled day by its generation alone", () => {
    const sql = relationQuery(
      options([
        { day: "2026-05-05", generation: 3, raw: false },
        { day: "2026-05-06", generation: 2, raw: true },
        { day: "2026-05-07", generation: 0, raw: false },
      ]),
    );
    const [folded = "", settled = ""] = sql.split("WHERE copy = 1");

    expect(folded).toContain('"web" WHERE');
    expect(folded).toContain("day = 6)");
    expect(folded).toContain("day = 6 AND generation = 2)");
    expect(folded).not.toContain("day = 5");
    expect(settled).toContain("day = 5 AND generation = 3)");
    expect(settled).not.toContain('"web" WHERE');
    expect(sql).not.toContain("day = 7");
  });

  it("has its columns when nothing is to be read", () => {
    const sql = relationQuery(options([{ day: "2026-05-05", generation: 0, raw: false }]));

    expect(sql).toContain("(year = 0)");
  });
});
