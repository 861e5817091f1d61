import { afterAll, describe, expect, it, vi } from "vitest";
import { type Change, changedSources } from "#common/testing/changed-sources.ts";
import { runModel } from "./testing/imports-model.ts";
import { Broken } from "./testing/imports-model-files.ts";
import { type Flows, flows } from "./testing/model-flows.ts";

const SCHEDULES = Number(process.env.MODEL_SCHEDULES ?? 100);
const MUTANT_SCHEDULES = 4_000;

/** Each is a way to build this that looks right and is not. */
const MUTANTS: Record<string, Change[]> = {
  "only the loader ends imports": [
    {
      file: "imports/chunk-import.ts",
      from: "const record = await endIfDone(importId);",
      to: "const record = await ledger.read(importId); void endIfDone;",
    },
  ],
  "a chunk's state and the counts in two writes": [
    {
      file: "imports/load-chunk.ts",
      from: `{ put: toChunkItem(importId, loaded), version: state.version },
        { put`,
      to: `]);
      if (result.done) await table.transact([{ put: toChunkItem(importId, loaded), version: state.version }]);
      if (result.done) return loaded;
      const again = await table.transact([
        { put`,
    },
    {
      file: "imports/load-chunk.ts",
      from: "const result = await table.transact([\n        ]",
      to: "const result = await table.transact([{ check: { pk: importId, sk: '' }, absent: true }]",
    },
  ],
  "the message before the chunk": [
    {
      file: "imports/cut-file.ts",
      from: "const batches = batchesOf(kind, open.rows);",
      to: "await queues.chunk({ importId, chunk });\n    const batches = batchesOf(kind, open.rows);",
    },
    {
      file: "imports/cut-file.ts",
      from: "await queues.chunk({ importId, chunk });\n    chunk += 1",
      to: "chunk += 1",
    },
  ],
  "no message where the chunk stands already": [
    {
      file: "imports/cut-file.ts",
      from: "await queues.chunk({ importId, chunk });",
      to: "if (result.done) await queues.chunk({ importId, chunk });",
    },
  ],
  "chunks added after a cancel, loaded without a look at the import": [
    { file: "imports/load-chunk.ts", from: "record && isRunning(record) && state", to: "record && state" },
    {
      file: "imports/cut-file.ts",
      from: "{ check: importKey(importId), version: record.version },",
      to: "",
    },
  ],
  "a take-back without void receipts": [
    {
      file: "imports/revert-import.ts",
      from: 'record.dryRun || takeBack.outcome === "undone" ? []',
      to: "true ? []",
    },
  ],
  "removing rows that another import relies on": [
    {
      file: "imports/revert-import.ts",
      from: "await restate(stopped, number, until);",
      to: "void restate;",
    },
  ],
  "having later imports say their rows anew after taking back": [
    {
      file: "imports/revert-import.ts",
      from: `await restate(stopped, number, until);
        await takeBack(stopped, until);`,
      to: `await takeBack(stopped, until);
        await restate(stopped, number, until);`,
    },
  ],
  "imports that do not wait for a take-back": [
    { file: "imports/line.ts", from: 'entry.kind === "takeBack" && entry.number < number', to: "number < 0" },
  ],
  "take-backs that do not wait for imports": [
    { file: "imports/line.ts", from: "entries.some((entry) => entry.number < number)", to: "number < 0" },
  ],
  "a cancelled import that counts as running": [
    {
      file: "imports/revert-import.ts",
      from: "const out = leave(line, number);",
      to: "const out = line; void leave; void number;",
    },
  ],
  "a chunker that stops without sending the revert": [
    {
      file: "imports/chunk-import.ts",
      from: 'if (record?.phase === "reverting") await queues.revert({ importId });',
      to: "",
    },
  ],
  "a stopped chunker that takes any stop for a cancel": [
    {
      file: "imports/chunk-import.ts",
      from: "else if (!(error instanceof Overtaken)) throw error;",
      to: 'else if (error instanceof Overtaken) await stopImport(importId, "cancelled"); else throw error;',
    },
  ],
  "a slice that was read already and sends no follow-up": [
    {
      file: "imports/chunk-import.ts",
      from: 'if (record?.phase === "chunking" && record.slice > slice) {',
      to: 'if (record?.phase === "chunking" && record.slice > slice && record.slice < 0) {',
    },
  ],
  "an end that is not announced by a later message": [
    {
      file: "imports/end-import.ts",
      from: "if (record && hasEnded(record) && !record.announced)",
      to: "if (record && hasEnded(record) && !record.announced && (await ledger.read(importId))?.version === record.version && record.version % 7 !== 5)",
    },
  ],
  "an undo that forgets the end before it": [
    {
      file: "imports/stop-import.ts",
      from: "voided: record.announced }",
      to: 'voided: outcome === "undone" }',
    },
  ],
  "a row left unsaid although an older import may still write below it": [
    { file: "imports/testing/toy-imports.ts", from: "facts.beside ||", to: "" },
  ],
  "a repeated line left unsaid": [
    {
      file: "imports/testing/toy-imports.ts",
      from: "facts.beside || fileRow.repeat",
      to: "facts.beside",
    },
  ],
  "a receipt that may exist twice": [
    {
      file: "imports/load-chunk.ts",
      from: "{ put: item, absent: true }",
      to: "{ put: item }",
    },
  ],
  "a dry run that writes": [
    {
      file: "imports/load-chunk.ts",
      from: "const work = record.dryRun ? rehearse : load;",
      to: "const work = record.dryRun && importId === '' ? rehearse : load;",
    },
  ],
};

/** A busy machine takes several times as long as a quiet one. */
vi.setConfig({ testTimeout: 600_000 });

const sources = changedSources();
afterAll(sources.remove);

const changed = async (changes: readonly Change[]): Promise<Flows> =>
  (await sources.load<{ flows: Flows }>("imports/testing/model-flows.ts", changes)).flows;

/** The first seed whose schedule breaks an invariant; `ends` counts what the imports of the others came to. */
const firstBroken = async (tried: Flows, schedules: number, ends = new Map<string, number>()) => {
  for (let seed = 1; seed <= schedules; seed += 1) {
    try {
      const { phases } = await runModel(tried, seed);
      for (const phase of phases) ends.set(phase, (ends.get(phase) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof Broken || (error as Error).name === "Broken")) throw error;
      return `seed ${seed}: ${(error as Error).message}`;
    }
  }
  return undefined;
};

describe("importing, in every order that calls can take", () => {
  it(`keeps its invariants in ${SCHEDULES} random schedules, which come to every end`, async () => {
    const ends = new Map<string, number>();

    expect(await firstBroken(flows, SCHEDULES, ends)).toBeUndefined();

    expect([...ends.keys()].sort()).toEqual(["cancelled", "completed", "failed", "undone"]);
  });
});

describe("the model finds what looks right and is not", () => {
  it.for(Object.entries(MUTANTS))("%s", async ([name, changes]) => {
    const found = await firstBroken(await changed(changes), MUTANT_SCHEDULES);

    expect(found).toBeDefined();
    if (process.env.MODEL_VERBOSE) process.stdout.write(`${name}: ${found?.slice(0, 160)}\n`);
  });
});
