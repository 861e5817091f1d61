import { type Actor, type Chance, makeCaller, makeScheduler } from "#common/table/testing/scheduler.ts";
import { randomFrom } from "#common/testing/random.ts";
import { readUserFile } from "../file/user-file.ts";
import { userOfKey } from "../file/user-key.ts";
import type { BusEntry } from "../plan/envelopes.ts";
import type { UserRow } from "../stream/stream-user.ts";
import type { Envelope, MakeConsumer } from "./consumer.ts";
import { memoryVersions } from "./memory-versions.ts";
import { modelEngine, type Truth } from "./model-engine.ts";
import type { Flows } from "./model-flows.ts";

/** Thrown with the invariant that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

const must = (holds: boolean, invariant: string): void => {
  if (!holds) throw new Broken(invariant);
};

const NO_FAULTS: Chance = { die: 0, loseAnswer: 0, sendTwice: 0 };
const STEPS_MAX = 20_000;
const KEY = "users/demo/u%2F1.json";
const USER = userOfKey(KEY, undefined);

const sequencerOf = (number: number): string => number.toString(16).toUpperCase().padStart(8, "0");

/** One history of one user, with everything that may go wrong; throws `Broken` when an invariant does not hold. */
export const runModel = async (flows: Flows, makeConsumer: MakeConsumer, seed: number): Promise<void> => {
  if (!USER) throw new Error("the key is a user's");
  const user = USER;
  const random = randomFrom(seed);
  const scheduler = makeScheduler(random);
  const faults: Chance =
    random() < 0.3 ? NO_FAULTS : { die: random() * 0.06, loseAnswer: random() * 0.04, sendTwice: 0.03 };
  let chance = faults;
  const caller = makeCaller(scheduler, random, () => chance);
  let clock = 1_000_000;
  const now = () => {
    clock += Math.floor(random() * 300);
    return clock;
  };
  const bucket = memoryVersions(now);
  const engine = modelEngine(bucket, KEY, user.userId, random);
  const bus: Envelope[] = [];
  let row: UserRow | undefined;
  let doorbells: { sequencer: string }[] = [];
  let rung = 0;

  const invoke = async (rings: typeof doorbells, actor: Actor): Promise<void> => {
    const call = caller(actor);
    const put = async (entries: readonly BusEntry[]) => {
      const lost = entries.map(() => chance !== NO_FAULTS && random() < 0.1);
      return call(async () => {
        for (const [index, { detail }] of entries.entries()) {
          if (!lost[index]) bus.push(JSON.parse(detail));
        }
        return entries.map((_, index) =>
          lost[index] ? { code: "InternalFailure", retry: true } : undefined,
        );
      });
    };
    const publisher = flows.makePublisher({ put, sleep: () => Promise.resolve(), random });
    const stream = flows.makeStreamUser({
      list: (key, until) => flows.listVersions((...page) => call(() => bucket.readPage(...page)), key, until),
      readFile: async (_, version) => {
        const bytes = await call(async () => bucket.read(KEY, version.id));
        return bytes && readUserFile(bytes, user.userId);
      },
      rows: {
        read: () => call(async () => row),
        save: (_, next) =>
          call(async () => {
            if ((row?.revision ?? 0) !== next.revision - 1) return false;
            row = next;
            return true;
          }),
      },
      publish: ({ entry }) => publisher.publish(entry),
      keepClaim: async () => {},
      keepBad: async (_, version, { code }) => must(false, `no file is bad: ${version} ${code}`),
      onGap: () => must(false, "nothing is missing"),
      now: () => clock,
      envelopes: { source: "co.cogo.model", bytesMax: random() < 0.5 ? 350 : 240_000, bucket: "changes" },
    });
    await publisher.during(() =>
      stream(
        user,
        rings.map(({ sequencer }) => sequencer),
      ),
    );
  };

  /** Old versions go, as the lifecycle has it: only below what is streamed. */
  const expire = (): void => {
    const versions = bucket.versions(KEY);
    const place = versions.findIndex(({ id }) => id === row?.state.applied);
    const oldest = versions[0];
    if (place > 0 && oldest) bucket.remove(KEY, oldest.id);
    // A marker that stands alone is removed as well.
    else if (place === 0 && versions.length === 1 && oldest?.isMarker) bucket.remove(KEY, oldest.id);
  };

  let changes = 2 + Math.floor(random() * 12);
  let running = 0;
  const start = (): void => {
    const rings = doorbells.splice(Math.floor(random() * doorbells.length), 1 + Math.floor(random() * 3));
    if (rings.length === 0) return;
    running += 1;
    invoke(rings, { weight: random() < 0.2 ? 0.05 : 1, dead: false })
      .catch((error: unknown) => {
        if (error instanceof Broken) failure ??= error;
        doorbells.push(...rings);
      })
      .finally(() => {
        running -= 1;
      });
  };
  let failure: Broken | undefined;
  for (let steps = 0; ; steps += 1) {
    must(steps < STEPS_MAX, "every history ends");
    if (failure) throw failure;
    if (changes > 0 && random() < 0.25) {
      changes -= 1;
      engine.step();
      rung += 1;
      const ring = { sequencer: sequencerOf(rung) };
      doorbells.push(ring, ...(random() < 0.2 ? [ring] : []));
    }
    if (random() < 0.1) expire();
    if (changes === 0) chance = NO_FAULTS;
    if (doorbells.length > 0 && running < 3 && random() < 0.3) start();
    const isMoving = await scheduler.step();
    if (!isMoving && changes === 0 && doorbells.length === 0 && running === 0) break;
  }
  doorbells = [];
  checkOrder(engine.truth, bus);
  checkConsumer(makeConsumer, bus, engine.state, random);
};

type Told = { generation: number; lane: "real" | "test"; what: string };

/** Entries and deletes in the order in which each was first announced. */
const firstTold = (bus: readonly Envelope[]): Told[] => {
  const known = new Set<string>();
  return bus.flatMap(({ events, test_events, generation }) =>
    (events ?? []).flatMap((event): Told[] => {
      const lane = test_events ? "test" : "real";
      const name = `${lane} ${event.id}`;
      if (known.has(name)) return [];
      known.add(name);
      return [{ lane, generation, what: event.type === "deleted" ? "deleted" : String(event.data?.number) }];
    }),
  );
};

export const checkOrder = (truth: Truth, bus: readonly Envelope[]): void => {
  const told = firstTold(bus);
  for (const lane of ["real", "test"] as const) {
    const text = (list: Truth): string =>
      list
        .filter((one) => one.lane === lane)
        .map(({ generation, what }) => `${generation}:${what}`)
        .join(" ");
    const [is, shouldBe] = [text(told), text(truth)];
    must(is === shouldBe, `${lane} is told once in order\n  told ${is}\n  true ${shouldBe}`);
  }
};

/** A bus that doubles and reorders, and a consumer behind it. */
export const checkConsumer = (
  makeConsumer: MakeConsumer,
  bus: readonly Envelope[],
  stateOf: ReturnType<typeof modelEngine>["state"],
  random: () => number,
  userId = "u/1",
): void => {
  const delivered = bus.flatMap((envelope, place) => {
    const once = { envelope, at: place + random() * 8 };
    return random() < 0.2 ? [once, { envelope, at: random() * bus.length * 2 }] : [once];
  });
  const consumer = makeConsumer();
  for (const { envelope } of delivered.sort((one, other) => one.at - other.at)) {
    if (envelope.events) consumer.receive(structuredClone(envelope));
  }
  for (const lane of ["real", "test"] as const) {
    const held = consumer.lane("demo", userId, lane === "test");
    const is = !held
      ? "nothing"
      : held.deleted
        ? "deleted"
        : held.entries.map(({ data }) => String((data as { number: number }).number));
    const [text, wanted] = [JSON.stringify(is), JSON.stringify(stateOf(lane))];
    must(text === wanted, `a consumer holds what the file says in ${lane}: ${text}, not ${wanted}`);
  }
};
