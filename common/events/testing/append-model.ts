import { type Item, queryAll, type Table } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import {
  type Actor,
  type Chance,
  makeCaller,
  makeScheduler,
  scheduledTable,
} from "#common/table/testing/scheduler.ts";
import { randomFrom } from "#common/testing/random.ts";
import type { AppendDeps, Outcome } from "../append/append.ts";
import { type Block, placedEvents } from "../chain/block.ts";
import { blockFromItem } from "../chain/block-item.ts";
import { genesisHash } from "../chain/hash.ts";
import { isSameContent } from "../chain/same-content.ts";
import type { ChainId, EventMessage } from "../event.ts";
import { blocksFrom, chainPartition, eventKey, headKey } from "../keys.ts";
import { derivedItems } from "../lists/derived-items.ts";
import { readDetails } from "../lists/large-detail.ts";

/** What is held against the model: `appendToChain`, or a mutant of it. */
export type Append = (
  deps: AppendDeps,
  organizationId: string,
  chain: ChainId,
  messages: readonly EventMessage[],
) => Promise<Outcome[]>;

const ORGANIZATION = "demo";
const CHAIN: ChainId = { epoch: 1, number: 0 };
const NO_FAULTS: Chance = { die: 0, loseAnswer: 0, sendTwice: 0 };
const STEPS_MAX = 20_000;

/** Thrown with the invariant that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

const must = (holds: boolean, invariant: string): void => {
  if (!holds) throw new Broken(invariant);
};

const text = (item: Item | undefined): string =>
  JSON.stringify(item, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );

const keyText = ({ pk, sk }: { pk: string; sk: string }): string => `${pk} ${sk}`;

const pick = <T>(random: () => number, values: readonly T[]): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

/** Few ids and fewer customers and seconds, so that everything meets; some messages contradict an earlier one. */
const makeMessages = (random: () => number): EventMessage[] => {
  const ids = 2 + Math.floor(random() * 8);
  return Array.from({ length: 3 + Math.floor(random() * 14) }, (_, index) => {
    const eventId = `event-${Math.floor(random() * ids)}`;
    const isLarge = random() < 0.1;
    return {
      organizationId: ORGANIZATION,
      eventId,
      customerId: `customer-${eventId.length}`,
      type: "opened",
      description: random() < 0.25 ? `another text ${pick(random, ["a", "b"])}` : "text",
      date: new Date(Date.UTC(2025, 0, 1, 0, 0, eventId.charCodeAt(6) % 3)).toISOString(),
      ...(isLarge ? { detail: "x".repeat(5_000) } : {}),
      recordedAt: new Date(Date.UTC(2025, 0, 2) + index).toISOString(),
      salt: Buffer.from(String(index).padStart(16, "0")).toString("base64url"),
    };
  });
};

const CONSISTENT = "a writer reads what is and not what was";

/** Refuses what a block must never see, and remembers every block as it was put. */
const watched = (store: MemoryTable, blocks: Map<string, string>): Table => ({
  ...store,
  get: (key, options) => {
    must(options?.consistent === true, CONSISTENT);
    return store.get(key);
  },
  getMany: (keys, options) => {
    must(options?.consistent === true, CONSISTENT);
    return store.getMany(keys);
  },
  queryPage: (options) => {
    must(options.consistent === true, CONSISTENT);
    return store.queryPage(options);
  },
  putIfAbsent: async (item) => {
    const put = await store.putIfAbsent(item);
    if (!put) return false;
    blocks.set(keyText(item), text(item));
    const digests = blockFromItem(ORGANIZATION, CHAIN, item).events.flatMap(({ digest }) => digest ?? []);
    const details = await readDetails(store, ORGANIZATION, digests);
    must(details.size === new Set(digests).size, "a block's large details stand before it does");
    return true;
  },
  putAll: (items) => {
    must(
      items.every(({ sk }) => !sk.startsWith("block#")),
      "a block is only put if its number is free",
    );
    return store.putAll(items);
  },
});

const readBlocks = async (store: Table): Promise<Block[]> => {
  const items = await queryAll(store, { pk: chainPartition(ORGANIZATION, CHAIN), ...blocksFrom(0) });
  return items.map((item) => blockFromItem(ORGANIZATION, CHAIN, item));
};

const checkChain = (blocks: readonly Block[]): void => {
  let end = { number: 0, sequence: 0, hash: genesisHash(ORGANIZATION, CHAIN) };
  const ids = new Set<string>();
  for (const block of blocks) {
    must(block.number === end.number + 1, "block numbers have no gap");
    must(block.firstSequence === end.sequence + 1, "sequences have no gap");
    must(block.previousHash === end.hash, "each block links to the one before");
    must(placedEvents(block).at(-1)?.hash === block.hash, "a block's hash is that of its last event");
    end = { number: block.number, sequence: end.sequence + block.events.length, hash: block.hash };
    for (const { eventId } of block.events) {
      must(!ids.has(eventId), "an event stands at one place");
      ids.add(eventId);
    }
  }
};

const checkEnd = async (
  store: MemoryTable,
  {
    blocks,
    messages,
    outcomes,
    announced,
    putBlocks,
  }: {
    blocks: readonly Block[];
    messages: readonly EventMessage[];
    outcomes: ReadonlyMap<EventMessage, ReadonlySet<Outcome>>;
    announced: ReadonlySet<number>;
    putBlocks: ReadonlyMap<string, string>;
  },
): Promise<void> => {
  checkChain(blocks);
  const stored = new Map(blocks.flatMap(({ events }) => events.map((event) => [event.eventId, event])));
  for (const message of messages) {
    const event = stored.get(message.eventId);
    must(event !== undefined, "an acknowledged event is in the chain");
    const wanted = event && isSameContent(message, event) ? "stored" : "conflict";
    const got = [...(outcomes.get(message) ?? [])];
    must(got.length === 1 && got[0] === wanted, "another content is reported, each time; the same one never");
  }
  const items = new Map(store.items().map((item) => [keyText(item), text(item)]));
  for (const [key, item] of putBlocks) must(items.get(key) === item, "a block never changes or goes");
  const derived = new Map(
    blocks.flatMap((block) => derivedItems(block)).map((item) => [keyText(item), text(item)]),
  );
  for (const [key, item] of derived) must(items.get(key) === item, "every derived item is there and right");
  for (const [key] of items) {
    must(/#(chain|detail)#/.test(key) || derived.has(key), "nothing else stands in the lists");
  }
  const head = await store.get(headKey(ORGANIZATION, CHAIN));
  must(head?.finished === blocks.length && head.done === "[]", "every block is marked as finished");
  must(head?.sequence === stored.size, "the head knows the last sequence");
  must(
    blocks.every(({ number }) => announced.has(number)),
    "every block is announced",
  );
};

/**
 * Runs one random schedule: several invocations at once work off messages that are delivered twice,
 * late, and beside each other, while calls are lost, repeated and cut off; then all that is left is
 * delivered without faults. Throws `Broken` when an invariant does not hold.
 */
export const runModel = async (
  append: Append,
  seed: number,
): Promise<{ invocations: number; steps: number }> => {
  const random = randomFrom(seed);
  const table = memoryTable();
  const putBlocks = new Map<string, string>();
  const store = watched(table, putBlocks);
  const scheduler = makeScheduler(random);
  const messages = makeMessages(random);
  const faults: Chance = pick(random, [
    { die: 0.02, loseAnswer: 0.02, sendTwice: 0.05 },
    { die: 0.06, loseAnswer: 0, sendTwice: 0 },
    NO_FAULTS,
  ]);
  let chance = faults;
  const caller = makeCaller(scheduler, random, () => chance);

  const open = new Set(messages);
  const inFlight = new Map<EventMessage, number>();
  const outcomes = new Map<EventMessage, Set<Outcome>>();
  const announced = new Set<number>();
  const failures: unknown[] = [];
  let running = 0;
  let invocations = 0;

  const isReadable = async (block: Block): Promise<boolean> => {
    const items = await table.getMany(derivedItems(block));
    return items.length === derivedItems(block).length;
  };

  const acknowledge = async (message: EventMessage, outcome: Outcome): Promise<void> => {
    const item = await table.get(eventKey(ORGANIZATION, message.eventId));
    must(
      item !== undefined && announced.has(Number(item.block)),
      "what is acknowledged is readable and announced",
    );
    outcomes.set(message, (outcomes.get(message) ?? new Set()).add(outcome));
    open.delete(message);
  };

  const invoke = async (batch: EventMessage[]): Promise<void> => {
    const actor: Actor = { weight: pick(random, [1, 1, 0.03]), dead: false };
    const call = caller(actor);
    const deps: AppendDeps = {
      store: scheduledTable(store, call, random),
      announce: (block) =>
        call(async () => {
          must(await isReadable(block), "nothing is announced before it can be read");
          announced.add(block.number);
        }),
    };
    try {
      const results = await append(deps, ORGANIZATION, CHAIN, batch);
      // Between the last write and the acknowledgement an invocation can die as well.
      await call(async () => {});
      for (const [index, message] of batch.entries()) await acknowledge(message, results[index] ?? "stored");
    } catch (error) {
      // Killed or a failed call: the messages come back. Anything else is what the model looks for.
      const isFault =
        error instanceof Error && (error.name === "Killed" || error.message === "the answer was lost");
      if (!isFault) failures.push(error);
    } finally {
      running -= 1;
      for (const message of batch) inFlight.set(message, (inFlight.get(message) ?? 1) - 1);
    }
  };

  const deliver = (): boolean => {
    const again = chance !== NO_FAULTS && random() < 0.15;
    const beside = random() < 0.3;
    const ready = (again ? messages : [...open]).filter((message) => beside || !inFlight.get(message));
    if (ready.length === 0) return false;
    const batch = new Set(Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(random, ready)));
    for (const message of batch) inFlight.set(message, (inFlight.get(message) ?? 0) + 1);
    running += 1;
    invocations += 1;
    void invoke([...batch]);
    return true;
  };

  let steps = 0;
  for (; open.size > 0 || running > 0; steps += 1) {
    if (steps > STEPS_MAX) throw new Broken("every message is acknowledged in the end");
    if (steps > 400) chance = NO_FAULTS;
    const starts = open.size > 0 && running < 4 && (running === 0 || random() < 0.05);
    if (!(starts && deliver())) await scheduler.step();
    const [failure] = failures;
    if (failure)
      throw failure instanceof Broken ? failure : new Broken(`no call fails by itself: ${failure}`);
  }
  await checkEnd(table, { blocks: await readBlocks(table), messages, outcomes, announced, putBlocks });
  return { invocations, steps };
};
