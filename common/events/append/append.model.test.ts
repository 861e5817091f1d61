import { afterAll, describe, expect, it, vi } from "vitest";
import { type Change, changedSources } from "#common/testing/changed-sources.ts";
import { type Append, Broken, runModel } from "../testing/append-model.ts";
import { appendToChain } from "./append.ts";

const SCHEDULES = Number(process.env.MODEL_SCHEDULES ?? 1_000);
const MUTANT_SCHEDULES = 3_000;

/** Limits so low that a few events reach them. */
const LOW_LIMITS: Change[] = [
  { file: "events/append/append.ts", from: "BLOCK_BYTES_MAX = 300_000", to: "BLOCK_BYTES_MAX = 500" },
  { file: "events/append/append.ts", from: "STRAGGLER_BLOCKS = 32", to: "STRAGGLER_BLOCKS = 1" },
];

/** Each is a way to build this that looks right and is not. */
const MUTANTS: Record<string, Change[]> = {
  "looking ids up before the head is read": [
    {
      file: "events/append/chain-view.ts",
      from: "const head = await readHead(store, organizationId, chain);",
      to: `const early = await store.getMany([...eventIds].map((eventId) => eventKey(organizationId, eventId)));
        const head = await readHead(store, organizationId, chain);`,
    },
    {
      file: "events/append/chain-view.ts",
      from: "const found = items.map",
      to: "void items; const found = early.map",
    },
  ],
  "not looking ids up at all": [
    {
      file: "events/append/chain-view.ts",
      from: "const found = items.map",
      to: "const found = items.slice(items.length).map",
    },
  ],
  "not reading on when an event's item names a later block": [
    {
      file: "events/append/chain-view.ts",
      from: "if (found.some(isAhead))",
      to: "if (found.length < 0 && found.some(isAhead))",
    },
  ],
  "acknowledging a known event without looking at its block": [
    { file: "events/append/append.ts", from: "[...own, ...othersUnfinished(view, own)]", to: "own" },
  ],
  "appending again after a lost answer without reading": [
    {
      file: "events/append/append.ts",
      from: "await readNewBlocks(store, view);",
      to: "view.last = { ...view.last, number: view.last.number + 1 };",
    },
  ],
  "putting a block whether its number is free or not": [
    {
      file: "events/append/append.ts",
      from: "await store.putIfAbsent(blockToItem(made.block))",
      to: "await store.putAll([blockToItem(made.block)]).then(() => true)",
    },
  ],
  "announcing before the lists are written": [
    {
      file: "events/append/finish-blocks.ts",
      from: "await store.putAll(works",
      to: "await Promise.all(works.map(({ block, events }) => announce(block, events)));\n  await store.putAll(works",
    },
  ],
  "marking before announcing": [
    {
      file: "events/append/finish-blocks.ts",
      from: "await Promise.all(works",
      to: `await markFinished(store, first.block.organizationId, first.block.chain, head, works.map(({ block }) => endOf(block)));
        await Promise.all(works`,
    },
  ],
  "marking before writing": [
    {
      file: "events/append/finish-blocks.ts",
      from: "await store.putAll(works",
      to: `await markFinished(store, first.block.organizationId, first.block.chain, head, works.map(({ block }) => endOf(block)));
        await store.putAll(works`,
    },
  ],
  "reading blocks that may be old": [
    { file: "events/append/chain-view.ts", from: "consistent: true,\n  });", to: "});" },
  ],
  "never marking": [
    {
      file: "events/append/finish-blocks.ts",
      from: "await markFinished(",
      to: "if (!head) await markFinished(",
    },
  ],
  "taking a later block's mark for all before it": [
    {
      file: "events/chain/head.ts",
      from: "if (end.number === finished.number + 1)",
      to: "if (end.number > finished.number)",
    },
  ],
  "marking without regard to another's mark": [
    {
      file: "events/chain/head.ts",
      from: "const put = await store.putIfVersion(item, head.version);",
      to: "await store.putAll([item]); const put = { done: true as const, present: undefined as Item | undefined };",
    },
  ],
  "judging conflicts inside the batch": [
    {
      file: "events/append/append.ts",
      from: "return isSameContent(message, found.event)",
      to: "const first = messages.find(({ eventId }) => eventId === message.eventId) ?? message;\n    return isSameContent(message, toBlockEvent(first))",
    },
  ],
  "reporting no conflicts": [
    {
      file: "events/append/append.ts",
      from: 'return isSameContent(message, found.event) ? "stored" : "conflict"',
      to: 'return "stored"',
    },
  ],
  "announcing only one's own blocks": [
    {
      file: "events/append/append.ts",
      from: "await finishBlocks({ store, announce }, view.head, [...own, ...othersUnfinished(view, own)]);",
      to: `await finishBlocks({ store, announce }, view.head, own);
        await finishBlocks({ store, announce: async () => {} }, view.head, othersUnfinished(view, own));`,
    },
  ],
  "leaving large details for after the block": [
    { file: "events/append/append.ts", from: "if (details.length > 0)", to: "if (details.length < 0)" },
  ],
};

/** A busy machine takes several times as long as a quiet one. */
vi.setConfig({ testTimeout: 180_000 });

const sources = changedSources();
afterAll(sources.remove);

/** `appendToChain` of a copy of `common/` with some text of it changed. */
const changed = async (changes: readonly Change[]): Promise<Append> => {
  const module = await sources.load<{ appendToChain: Append }>("events/append/append.ts", changes);
  return module.appendToChain;
};

/** The first seed whose schedule breaks an invariant. */
const firstBroken = async (append: Append, schedules: number) => {
  for (let seed = 1; seed <= schedules; seed += 1) {
    try {
      await runModel(append, seed);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return `seed ${seed}: ${error.message}`;
    }
  }
  return undefined;
};

describe("appending, in every order that calls can take", () => {
  it(`keeps its invariants in ${SCHEDULES} random schedules`, async () => {
    expect(await firstBroken(appendToChain, SCHEDULES)).toBeUndefined();
  });

  it(`keeps them when a block takes two events and every block left behind is finished by others`, async () => {
    expect(await firstBroken(await changed(LOW_LIMITS), SCHEDULES)).toBeUndefined();
  });
});

describe("the model finds what looks right and is not", () => {
  it.for(Object.entries(MUTANTS))("%s", async ([name, changes]) => {
    const found = await firstBroken(await changed(changes), MUTANT_SCHEDULES);

    expect(found).toBeDefined();
    if (process.env.MODEL_VERBOSE) process.stdout.write(`${name}: ${found}\n`);
  });
});
