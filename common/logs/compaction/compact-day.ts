import type { Clock } from "#common/time/clock.ts";
import {
  type DayState,
  type DayStates,
  drawNumber,
  endSweep,
  type LogDay,
  moveToDrawn,
  settle,
} from "./day.ts";

/** A day's objects in the lake. */
export type DayObjects = {
  /** Keys of the raw objects that stand there now. */
  listRaw(day: LogDay): Promise<string[]>;
  removeRaw(keys: readonly string[]): Promise<void>;
  /** Which raw objects generation `number` took in. */
  putList(day: LogDay, number: number, keys: readonly string[]): Promise<void>;
  /** Undefined once a later sweep removed it. */
  getList(day: LogDay, number: number): Promise<string[] | undefined>;
  /** Removes the folders and lists of every number up to `upTo`, but those of `except`. */
  removeGenerations(day: LogDay, upTo: number, except: number): Promise<void>;
};

/** What the engine does with a day's objects. */
export type DayEngine = {
  /**
   * Writes what stands raw and in the generation that counts, each id once as it first came, into the
   * folder of the drawn number. The same day and number again are the same run.
   */
  unload(day: LogDay, drawn: DayState): Promise<void>;
  /** True if the drawn number's folder holds just what stands raw and in the generation that counts. */
  agrees(day: LogDay, drawn: DayState): Promise<boolean>;
};

export type CompactionDeps = { states: DayStates; objects: DayObjects; engine: DayEngine; clock: Clock };

/**
 * `disagreed`: three generations in a row did not hold what the raw objects do. `overtaken`: another
 * compaction or an erasure came between; the day is still to be done, or done already.
 */
export type Compaction = "moved" | "settled" | "swept" | "waiting" | "overtaken" | "disagreed";

/** Milliseconds. No query runs for as long, its time in the queue included: none still reads what a sweep removes. */
export const SWEEP_DELAY = 12 * 3_600_000;

const ATTEMPTS = 3;

const sweep = async (
  { states, objects, clock }: CompactionDeps,
  day: LogDay,
  generation: number,
  moved: { at: number; upTo: number },
): Promise<Compaction> => {
  if (clock() < moved.at + SWEEP_DELAY) return "waiting";
  const taken = await objects.getList(day, generation);
  if (!taken) return "overtaken";
  await objects.removeRaw(taken);
  await objects.removeGenerations(day, moved.upTo, generation);
  return (await states.change(day, endSweep(generation))) ? "swept" : "overtaken";
};

/**
 * The next step of a day: its compaction into a generation of its own, or the sweep that is due after one.
 * It may end anywhere, run twice and beside itself, at every await; what it does is decided by the
 * conditional changes of the day's state alone.
 */
export const compactDay = async (deps: CompactionDeps, day: LogDay): Promise<Compaction> => {
  const { states, objects, engine, clock } = deps;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { generation, moved } = await states.read(day);
    if (moved) return sweep(deps, day, generation, moved);
    const drawn = await states.change(day, drawNumber);
    if (!drawn) return "overtaken";
    // After the draw, so that an object that comes later also raises `writes` later than the draw.
    const keys = await objects.listRaw(day);
    if (keys.length === 0) return (await states.change(day, settle(drawn))) ? "settled" : "overtaken";
    await objects.putList(day, drawn.drawn, keys);
    await engine.unload(day, drawn);
    if (!(await engine.agrees(day, drawn))) continue;
    return (await states.change(day, moveToDrawn(drawn, clock()))) ? "moved" : "overtaken";
  }
  return "disagreed";
};
