import type { Item, Table, TransactionResult } from "../table.ts";

export class Killed extends Error {
  override readonly name = "Killed";
}

/** One invocation: how often it gets its turn, and whether it is dead. */
export type Actor = { weight: number; dead: boolean };

/**
 * Lets one call go at a time, chosen at random among all that wait. Everything between two calls runs
 * in microtasks, so the next choice is made when nothing can move by itself.
 */
export const makeScheduler = (random: () => number) => {
  const waiting: { actor: Actor; go: () => void }[] = [];
  const choose = () => {
    const total = waiting.reduce((sum, { actor }) => sum + actor.weight, 0);
    let left = random() * total;
    let index = 0;
    for (const { actor } of waiting.slice(0, -1)) {
      left -= actor.weight;
      if (left < 0) break;
      index += 1;
    }
    return waiting.splice(index, 1)[0];
  };
  return {
    turn: (actor: Actor): Promise<void> => new Promise((go) => waiting.push({ actor, go })),
    /** Lets one call go; false if none waits. */
    step: async (): Promise<boolean> => {
      await new Promise(setImmediate);
      const next = choose();
      next?.go();
      return next !== undefined;
    },
  };
};

export type Scheduler = ReturnType<typeof makeScheduler>;

export type Chance = { die: number; loseAnswer: number; sendTwice: number };

/** A call that waits for its turn, and may not be made, be made twice, or be made without an answer. */
export const makeCaller =
  ({ turn }: Scheduler, random: () => number, chance: () => Chance) =>
  (actor: Actor) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    const dies = () => {
      if (actor.dead || random() < chance().die) {
        actor.dead = true;
        throw new Killed();
      }
    };
    await turn(actor);
    dies();
    let answer = await work();
    if (random() < chance().sendTwice) {
      await turn(actor);
      answer = await work();
    }
    await turn(actor);
    dies();
    if (random() < chance().loseAnswer) throw new Error("the answer was lost");
    return answer;
  };

export type Caller = ReturnType<ReturnType<typeof makeCaller>>;

/** The table as one invocation sees it. A batch may be written in part before it fails. */
export const scheduledTable = (store: Table, call: Caller, random: () => number): Table => ({
  get: (key, options) => call(() => store.get(key, options)),
  getMany: (keys, options) => call(() => store.getMany(keys, options)),
  queryPage: (options) => call(() => store.queryPage(options)),
  putIfAbsent: (item) => call(() => store.putIfAbsent(item)),
  putIfVersion: (item, version) => call(() => store.putIfVersion(item, version)),
  transact: (writes) => {
    // Sent twice, a transaction comes under the same token and is done once.
    let earlier: TransactionResult | undefined;
    return call(async () => {
      if (!earlier?.done) earlier = await store.transact(writes);
      return earlier;
    });
  },
  putAll: async (items) => {
    const first: Item[] = [];
    const second: Item[] = [];
    for (const item of items) (random() < 0.5 ? first : second).push(item);
    await call(() => store.putAll(first));
    await call(() => store.putAll(second));
  },
});
