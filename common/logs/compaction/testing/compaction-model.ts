import { memoryTable } from "#common/table/testing/memory-table.ts";
import {
  type Actor,
  type Caller,
  type Chance,
  makeCaller,
  makeScheduler,
  scheduledTable,
} from "#common/table/testing/scheduler.ts";
import { randomFrom } from "#common/testing/random.ts";
import type { CompactionDeps, DayEngine } from "../compact-day.ts";
import type { DayState, LogDay } from "../day.ts";
import {
  eraseFrom,
  fold,
  HOUR,
  lakeObjects,
  type Message,
  makeLake,
  ObjectGone,
  readFolders,
  TimedOut,
  unload,
} from "./lake-model.ts";
import type * as subject from "./subject.ts";

/** What is held against the model: the modules of this folder, or mutants of them. */
export type Subject = typeof subject;

/** Thrown with the invariant that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

const must = (holds: boolean, invariant: string): void => {
  if (!holds) throw new Broken(invariant);
};

const DAY: LogDay = { organizationId: "demo", logType: "web", day: "2026-03-01" };
const NO_FAULTS: Chance = { die: 0, loseAnswer: 0, sendTwice: 0 };
const STEPS_MAX = 20_000;
/** An invocation of a function ends after this, at the latest. */
const INVOCATION_TIME = 0.25 * HOUR;
/** Each machine's clock is at most this far from the truth. */
const CLOCK_SKEW = 0.1 * HOUR;

const isFault = (error: unknown): boolean =>
  error instanceof ObjectGone ||
  error instanceof TimedOut ||
  (error instanceof Error && (error.name === "Killed" || error.message === "the answer was lost"));

const pick = <T>(random: () => number, values: readonly T[]): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

/**
 * Runs one random schedule of a day that is over: compactions side by side, late objects, an erasure and
 * queries, with calls that are lost, doubled and cut off, and hours that pass; then everything is brought
 * to rest without faults. Throws `Broken` when an invariant does not hold.
 */
export const runModel = async (
  tested: Subject,
  seed: number,
): Promise<{ moves: number; killed: number; steps: number }> => {
  const random = randomFrom(seed);
  const scheduler = makeScheduler(random);
  const lake = makeLake();
  const table = memoryTable();
  const states = tested.dayStates(table);
  const faults = pick(random, [
    { die: 0.03, loseAnswer: 0.03, sendTwice: 0.05 },
    { die: 0.08, loseAnswer: 0, sendTwice: 0 },
    NO_FAULTS,
  ]);
  // Compactors that sleep for days and wake again. What they write then may stay, but nothing is lost.
  const sleepy = random() < 0.3;
  let chance = faults;
  let time = 0;
  let arrivals = 0;
  let killed = 0;
  let running = 0;
  let deliveries = 0;
  const now = () => time;
  const caller = makeCaller(scheduler, random, () => chance);
  const failures: unknown[] = [];

  /** By id, the earliest arrival that was acknowledged. */
  const acknowledged = new Map<string, number>();
  const erasing = new Set<string>();
  /** On their way. Nothing is erased that is yet to come. */
  const late = new Set<readonly Message[]>();
  const erased = new Set<string>();

  const makeMessages = (): Message[] =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      arrivals += 1;
      return { id: `id-${Math.floor(random() * 8)}`, arrival: arrivals };
    }).filter(({ id }) => !erasing.has(id));

  const acknowledge = (messages: readonly Message[]): void => {
    for (const [id, arrival] of fold(messages)) {
      acknowledged.set(id, Math.min(arrival, acknowledged.get(id) ?? arrival));
    }
  };

  // What the stream wrote while the day was on.
  for (let objects = Math.floor(random() * 4); objects > 0; objects -= 1) {
    const messages = makeMessages();
    lake.raw.set(lake.newName(), messages);
    acknowledge(messages);
  }

  const newActor = (): Actor => ({ weight: pick(random, [1, 1, 1, 0.05]), dead: false });

  const run = (work: () => Promise<void>): void => {
    running += 1;
    void work()
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === "Killed") killed += 1;
        if (!isFault(error)) failures.push(error);
      })
      .finally(() => {
        running -= 1;
      });
  };

  /** UNLOADs by their token. One that began goes on when its caller is dead. */
  const runs = new Map<number, Promise<void>>();
  const queryTools = () => {
    const actor = newActor();
    return { lake, now, turn: () => scheduler.turn(actor) };
  };
  const beginUnload = (drawn: DayState): Promise<void> => {
    const spoils = () => chance !== NO_FAULTS && random() < 0.1;
    const begun = unload(queryTools(), drawn, spoils);
    running += 1;
    void begun.catch(() => {}).finally(() => (running -= 1));
    return begun;
  };
  const engineOf = (call: Caller): DayEngine => ({
    unload: async (_, drawn) => {
      const begun = await call(async () => {
        const known = runs.get(drawn.drawn);
        const promise = known ?? beginUnload(drawn);
        runs.set(drawn.drawn, promise);
        return { promise };
      });
      await begun.promise;
    },
    agrees: async (_, drawn) => {
      const wanted = fold(await readFolders(queryTools(), { raw: true, generation: drawn.generation }));
      const got = await readFolders(queryTools(), { raw: false, generation: drawn.drawn });
      const same = got.length === wanted.size && got.every(({ id, arrival }) => wanted.get(id) === arrival);
      return call(async () => same);
    },
  });

  const compact = (): void => {
    const actor = newActor();
    const begun = time;
    const call: Caller = (work) =>
      caller(actor)(() => {
        if (!sleepy && time > begun + INVOCATION_TIME) throw new TimedOut();
        return work();
      });
    const skew = (random() * 2 - 1) * CLOCK_SKEW;
    const deps: CompactionDeps = {
      states: tested.dayStates({ ...table, ...scheduledTable(table, call, random) }),
      objects: lakeObjects(lake, call),
      engine: engineOf(call),
      clock: () => time + skew,
    };
    run(async () => void (await tested.compactDay(deps, DAY)));
  };

  /** A delivery of late messages, and again until it is acknowledged. */
  const deliverLate = (messages: readonly Message[]): void => {
    deliveries += 1;
    late.add(messages);
    const call = caller(newActor());
    const scheduled = tested.dayStates({ ...table, ...scheduledTable(table, call, random) });
    run(async () => {
      try {
        const name = lake.newName();
        await tested.addLateObject(scheduled, DAY, () => call(async () => void lake.raw.set(name, messages)));
        acknowledge(messages);
      } catch (error) {
        if (!isFault(error)) throw error;
        deliverLate([...messages]);
      } finally {
        deliveries -= 1;
        late.delete(messages);
      }
    });
  };

  /** Rewrites objects without an id, as an erasure does, in raw and in the generation that counts. */
  const erase = (id: string): void => {
    erasing.add(id);
    deliveries += 1;
    const call = caller(newActor());
    const scheduled = tested.dayStates({ ...table, ...scheduledTable(table, call, random) });
    run(async () => {
      try {
        for (;;) {
          const { generation } = await scheduled.read(DAY);
          for (const folder of [lake.raw, lake.generations.get(generation) ?? new Map<string, Message[]>()]) {
            for (const key of [...folder.keys()]) {
              await eraseFrom(call, folder, key, id);
            }
          }
          if (await scheduled.change(DAY, tested.noteErasure(generation))) break;
        }
        erased.add(id);
      } catch (error) {
        if (!isFault(error)) throw error;
        erase(id);
      } finally {
        deliveries -= 1;
      }
    });
  };

  const query = (): void => {
    const actor = newActor();
    run(async () => {
      await scheduler.turn(actor);
      const wanted = new Map(acknowledged);
      for (let tries = 0; ; tries += 1) {
        if (tries > 50) throw new Broken("a query ends");
        const reading = tested.readingOf(await states.read(DAY));
        let messages: Message[];
        try {
          messages = await readFolders({ lake, now, turn: () => scheduler.turn(actor) }, reading);
        } catch (error) {
          if (error instanceof ObjectGone || error instanceof TimedOut) continue;
          throw error;
        }
        const ids = messages.map(({ id }) => id);
        must(reading.raw || ids.length === new Set(ids).size, "a settled day holds each id once");
        const answer = fold(messages);
        for (const [id, arrival] of wanted) {
          if (erasing.has(id)) continue;
          const got = answer.get(id);
          must(got !== undefined, "what was acknowledged before a query is in its answer");
          must(got !== undefined && got <= arrival, "an id counts as it first came");
        }
        return;
      }
    });
  };

  const isAtRest = async (): Promise<boolean> => {
    const state = await states.read(DAY);
    return state.settled && !state.moved;
  };

  let steps = 0;
  let quiet = false;
  const spawn = (): void => {
    const roll = random();
    if (roll < 0.45) compact();
    else if (roll < 0.7) query();
    else if (roll < 0.85 && !quiet) deliverLate(makeMessages());
    else if (roll < 0.9 && !quiet && erasing.size < 2) {
      const id = `id-${Math.floor(random() * 8)}`;
      if (![...late].flat().some((message) => message.id === id)) erase(id);
    } else time += random() < 0.5 ? HOUR : 13 * HOUR;
  };
  for (; ; steps += 1) {
    if (steps > STEPS_MAX) throw new Broken("a day comes to rest");
    if (steps > 250) {
      quiet = true;
      chance = NO_FAULTS;
    }
    if (quiet && running === 0 && deliveries === 0) {
      if (await isAtRest()) break;
      time += 13 * HOUR;
      compact();
    }
    if (running === 0 || (!quiet && running < 6 && random() < 0.1)) spawn();
    await scheduler.step();
    const [failure] = failures;
    if (failure)
      throw failure instanceof Broken ? failure : new Broken(`no call fails by itself: ${failure}`);
  }

  const { generation } = await states.read(DAY);
  must(lake.raw.size === 0, "at rest nothing is left raw");
  must(
    sleepy || [...lake.generations.keys(), ...lake.lists.keys()].every((number) => number === generation),
    "at rest there is one generation and its list",
  );
  const stored = await readFoldersAtRest(lake, generation);
  for (const [id, arrival] of acknowledged) {
    if (!erasing.has(id)) must((stored.get(id) ?? Number.NaN) <= arrival, "at rest nothing is lost");
  }
  for (const id of erased) must(!stored.has(id), "at rest nothing that was erased is left");
  return { moves: generation, killed, steps };
};

const readFoldersAtRest = async (
  lake: ReturnType<typeof makeLake>,
  generation: number,
): Promise<Map<string, number>> => fold([...(lake.generations.get(generation)?.values() ?? [])].flat());
