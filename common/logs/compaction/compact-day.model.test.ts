import { afterAll, describe, expect, it, vi } from "vitest";
import { type Change, changedSources } from "#common/testing/changed-sources.ts";
import { runModel, type Subject } from "./testing/compaction-model.ts";
import * as subject from "./testing/subject.ts";

const SCHEDULES = Number(process.env.MODEL_SCHEDULES ?? 500);
const MUTANT_SCHEDULES = 10_000;

const compaction = (from: string, to: string): Change => ({
  file: "logs/compaction/compact-day.ts",
  from,
  to,
});
const day = (from: string, to: string): Change => ({ file: "logs/compaction/day.ts", from, to });

const UNLOAD = "await engine.unload(day, drawn);";
const CHECK = "if (!(await engine.agrees(day, drawn))) continue;";
const MOVE = 'return (await states.change(day, moveToDrawn(drawn, clock()))) ? "moved" : "overtaken";';
const LIST = "const keys = await objects.listRaw(day);";
const DRAW = "const drawn = await states.change(day, drawNumber);";

/** Each is a way to build this that looks right and is not. */
const MUTANTS: Record<string, Change[]> = {
  "moving before the generation is written": [
    compaction(UNLOAD, "const moved2 = await states.change(day, moveToDrawn(drawn, clock()));"),
    compaction(CHECK, "await engine.unload(day, drawn);"),
    compaction(MOVE, 'return moved2 ? "moved" : "overtaken";'),
  ],
  "deleting at once": [compaction("12 * 3_600_000", "0")],
  "deleting what stands in the folder then": [
    compaction("await objects.removeRaw(taken)", "await objects.removeRaw(await objects.listRaw(day))"),
  ],
  "listing after the check": [
    compaction(CHECK, `${CHECK}\n    await objects.putList(day, drawn.drawn, await objects.listRaw(day));`),
  ],
  "no check": [compaction(CHECK, "")],
  "reading the state after the listing": [
    compaction(DRAW, `const early = await objects.listRaw(day);\n    ${DRAW}`),
    compaction(LIST, "const keys = early;"),
  ],
  "moving whatever generation counts by now": [
    day("state.generation === asDrawn.generation && state.erased", "state.erased"),
    day(
      "state.erased === asDrawn.erased && !state.moved\n      ? {",
      "state.erased === asDrawn.erased\n      ? {",
    ),
  ],
  "moving whatever was erased meanwhile": [
    day(
      "state.generation === asDrawn.generation && state.erased === asDrawn.erased && !state.moved\n      ? {",
      "state.generation === asDrawn.generation && !state.moved\n      ? {",
    ),
  ],
  "settling whatever came late": [day("settled: state.writes === asDrawn.writes", "settled: true")],
  "settling an empty folder whatever came late": [day("state.writes === asDrawn.writes &&\n", "")],
  "sweeping all generations but the one that counts": [
    compaction(
      "objects.removeGenerations(day, moved.upTo, generation)",
      "objects.removeGenerations(day, 1e9, generation)",
    ),
  ],
  "noting a late object before it is put": [
    {
      file: "logs/compaction/late-object.ts",
      from: "await put();\n  await states.change(day, noteLateObject);",
      to: "await states.change(day, noteLateObject);\n  await put();",
    },
  ],
  "acknowledging a late object before it is noted": [
    {
      file: "logs/compaction/late-object.ts",
      from: "await states.change(day, noteLateObject);",
      to: "void states.change(day, noteLateObject).catch(() => {});",
    },
  ],
  "a late object that does not unsettle its day": [
    day("writes: state.writes + 1, settled: false", "writes: state.writes + 1"),
  ],
  "reading the generation alone once there is one": [day("raw: !settled", "raw: generation === 0")],
  "drawing while a deletion is due": [
    day("state.moved ? undefined : { ...state, drawn", "false ? undefined : { ...state, drawn"),
    compaction(
      "if (moved) return sweep(deps, day, generation, moved);",
      "if (moved && clock() >= moved.at + SWEEP_DELAY) return sweep(deps, day, generation, moved);",
    ),
    day(
      "state.erased === asDrawn.erased && !state.moved\n      ? {",
      "state.erased === asDrawn.erased\n      ? {",
    ),
  ],
  "the next number instead of one drawn": [day("drawn: state.drawn + 1", "drawn: state.generation + 1")],
  "sweeping the list before what it names": [
    compaction(
      "const taken = await objects.getList(day, generation);",
      "const taken = await objects.getList(day, generation);\n  await objects.removeGenerations(day, moved.upTo + 1, generation + 1);",
    ),
  ],
  "noting an erasure of whatever generation counts": [
    day("state.generation === generation ? { ...state, erased", "generation >= 0 ? { ...state, erased"),
  ],
};

vi.setConfig({ testTimeout: 180_000 });

const sources = changedSources();
afterAll(sources.remove);

describe("the compaction of a day", () => {
  it(`holds its invariants in ${SCHEDULES} random histories`, async () => {
    let moves = 0;
    let killed = 0;
    for (let seed = 1; seed <= SCHEDULES; seed += 1) {
      const result = await runModel(subject, seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      });
      moves += result.moves;
      killed += result.killed;
    }
    expect(moves).toBeGreaterThan(SCHEDULES / 2);
    expect(killed).toBeGreaterThan(SCHEDULES / 10);
  });

  for (const [name, changes] of Object.entries(MUTANTS)) {
    it(`does not hold them by ${name}`, async () => {
      const mutant = await sources.load<Subject>("logs/compaction/testing/subject.ts", changes);
      const broken = async (): Promise<unknown> => {
        for (let seed = 1; seed <= MUTANT_SCHEDULES; seed += 1) {
          try {
            await runModel(mutant, seed);
          } catch (error) {
            if (error instanceof Error && error.name === "Broken") return error.message;
            throw error;
          }
        }
        return undefined;
      };
      expect(await broken()).toEqual(expect.any(String));
    });
  }
});
