import type { Item, Table } from "#common/table/table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import {
  type Actor,
  type Chance,
  makeCaller,
  makeScheduler,
  scheduledTable,
} from "#common/table/testing/scheduler.ts";
import { randomFrom } from "#common/testing/random.ts";
import type { ImportEvent, ImportEventName, ImportQueues, LedgerDeps, openLedger } from "../ledger.ts";
import { fromChunkObject, type ModelFile, makeFiles, must, pick, shownBy } from "./imports-model-files.ts";
import { memoryImportBucket } from "./memory-import-bucket.ts";
import type { Flows } from "./model-flows.ts";
import { sayingsOf, type ToyReceipt } from "./toy-imports.ts";

const ORGANIZATION = "demo";

/** Adds up the bytes: the real one cannot be waited for in microtasks alone. */
const beginHash = async (saved?: string) => {
  let sum = Number(saved ?? 0);
  return {
    update: (bytes: Uint8Array) => {
      for (const byte of bytes) sum = (sum * 31 + byte) % 1_000_003;
    },
    save: () => String(sum),
    digest: () => String(sum),
  };
};

const NO_FAULTS: Chance = { die: 0, loseAnswer: 0, sendTwice: 0 };
const STEPS_MAX = 60_000;

type Message =
  | { queue: "arrival"; file: ModelFile }
  | { queue: "file"; importId: string; slice: number }
  | { queue: "chunk"; importId: string; chunk: number }
  | { queue: "revert"; importId: string; action?: "cancel" | "undo" | "rehearse" };

/**
 * Runs one random schedule: files arrive, chunkers, loaders and reverters work off messages that are delivered twice,
 * late and beside each other, and die anywhere; people cancel and undo. Throws `Broken` when an invariant is broken.
 */
export const runModel = async (flows: Flows, seed: number): Promise<{ steps: number; phases: string[] }> => {
  const random = randomFrom(seed);
  const table = memoryTable();
  const { bucket, versions } = memoryImportBucket();
  const ledger = flows.openLedger(table);
  const scheduler = makeScheduler(random);
  const faults = pick(random, [
    { die: 0.01, loseAnswer: 0.02, sendTwice: 0.04 },
    { die: 0.03, loseAnswer: 0, sendTwice: 0 },
    NO_FAULTS,
  ]);
  let chance: Chance = faults;
  const sliceMs = pick(random, [0, 4, 1_000]);
  const caller = makeCaller(scheduler, random, () => chance);
  let clock = 1_000_000;
  const now = () => {
    clock += Math.floor(random() * 3);
    return clock;
  };

  const files = makeFiles(random);
  for (const file of files) await bucket.put(file.key, Buffer.from(file.text), "text/csv");
  const open = new Set<Message>(files.map((file) => ({ queue: "arrival", file })));
  const inFlight = new Map<Message, number>();
  const importIds = new Set<string>();
  const events = new Map<string, { id: string; name: ImportEventName; detail: string }>();
  const announced = new Map<string, Set<string>>();
  const failures: unknown[] = [];
  const progress = new Map<string, number>();

  /** After every write: what is shown is what the committed batches say, less any part of what is taken back. */
  const checkShown = async (): Promise<void> => {
    const said: { number: number; line: number; key: string; value: string }[] = [];
    const reverting: number[] = [];
    for (const importId of importIds) {
      const record = await ledger.read(importId);
      if (!record || record.number === 0 || record.dryRun) continue;
      if (record.phase === "reverting") reverting.push(record.number);
      for (const { chunk } of await ledger.chunks(importId)) {
        const bytes = versions.get(`chunks/${importId}/${String(chunk).padStart(12, "0")}.ndjson.gz`)?.[0];
        const batches = bytes ? fromChunkObject(bytes) : [];
        for (const { batch, round, state } of await ledger.receipts(importId, chunk)) {
          if (round > 0 || state !== "committed") continue;
          for (const row of batches[batch] ?? []) said.push({ ...row, number: record.number });
        }
      }
    }
    const items = new Map(
      table
        .items()
        .filter(isToy)
        .map((item) => [item.sk, sayingsOf(item).at(-1)?.value]),
    );
    const keys = new Set([...items.keys(), ...said.map(({ key }) => key)]);
    for (const key of keys) {
      const ofKey = said.filter((one) => one.key === key);
      const allowed = subsets(reverting).map((gone) =>
        shownBy(ofKey.filter(({ number }) => !gone.includes(number))),
      );
      // What a take-back has taken from a row that another batch of it says too is gone at once.
      must(
        allowed.includes(items.get(key)) ||
          (reverting.length > 0 && items.get(key) === undefined && allowed.includes(undefined)),
        `${key} shows ${items.get(key)}, and must show ${allowed.join(" or ")}`,
      );
    }
  };

  const checkProgress = async (): Promise<void> => {
    for (const importId of importIds) {
      const { bytesRead } = await ledger.readProgress(importId);
      const record = await ledger.read(importId);
      must(bytesRead >= (progress.get(importId) ?? 0), "progress never falls");
      must(bytesRead <= (record?.bytes ?? 0), "progress never passes the end");
      progress.set(importId, bytesRead);
    }
  };

  const watched: Table = {
    ...table,
    transact: async (writes) => {
      const result = await table.transact(writes);
      if (result.done) {
        const dry = await dryNumbers();
        for (const item of table.items().filter(isToy)) {
          must(!sayingsOf(item).some(({ number }) => dry.has(number)), "a dry run writes no row");
        }
        await checkShown();
        await checkProgress();
      }
      return result;
    },
  };
  const dryNumbers = async () => {
    const records = await ledger.readMany([...importIds]);
    return new Set(records.filter(({ dryRun }) => dryRun).map(({ number }) => number));
  };

  const send = (message: Message) => void open.add(message);
  const depsOf = (call: <T>(work: () => Promise<T>) => Promise<T>): LedgerDeps => {
    const queues: ImportQueues = {
      file: (message) => call(async () => send({ queue: "file", ...message })),
      chunk: (message) => call(async () => send({ queue: "chunk", ...message })),
      revert: (message) => call(async () => send({ queue: "revert", ...message })),
    };
    return {
      table: scheduledTable(watched, call, random),
      bucket: {
        name: bucket.name,
        read: (file, from) => call(() => bucket.read(file, from)),
        get: (key) => call(() => bucket.get(key)),
        put: (key, bytes, type) => call(() => bucket.put(key, bytes, type)),
      },
      queues,
      publish: (name, detail) => call(async () => onEvent(name, detail)),
      now,
    };
  };
  const onEvent = (name: ImportEventName, detail: ImportEvent): void => {
    const at = `${detail.importId} ${name}`;
    const known = events.get(at);
    const text = JSON.stringify(detail);
    must(!known || (known.id === detail.id && known.detail === text), "all events of one end are the same");
    events.set(at, { id: detail.id, name, detail: text });
  };

  const smallKind = { ...flows.toyKind, writesOf: () => 40 };
  const work = async (message: Message, deps: LedgerDeps): Promise<void> => {
    const service = {
      ...flows.toyImports(deps.table, smallKind),
      announce: async (
        { importId }: { importId: string },
        receipts: readonly { receipt: { key: string }[] }[],
      ) => {
        const keys = receipts.flatMap(({ receipt }) => receipt.map(({ key }) => key));
        announced.set(importId, new Set([...(announced.get(importId) ?? []), ...keys]));
      },
    };
    const chunker = flows.makeChunker({ ...deps, chunkRows: 3, sliceMs, beginHash }, smallKind);
    if (message.queue === "arrival") {
      const { key, dryRun } = message.file;
      const arrival = { key, versionId: "0", bytes: message.file.text.length, timeMs: message.file.timeMs };
      const registered = await chunker.registerDelivery(smallKind, ORGANIZATION, arrival, { dryRun });
      importIds.add(registered.importId);
      await chunker.chunkImport(registered.importId, 0);
    } else if (message.queue === "file") await chunker.chunkImport(message.importId, message.slice);
    else if (message.queue === "chunk") {
      await flows.makeLoader(deps, service)(message.importId, message.chunk);
    } else await flows.makeReverter({ ...deps, revertMs: 8 }, service)(message);
  };

  let running = 0;
  const invoke = async (message: Message): Promise<void> => {
    const actor: Actor = { weight: pick(random, [1, 1, 0.05]), dead: false };
    const call = caller(actor);
    try {
      await work(message, depsOf(call));
      // Between the last write and the acknowledgement an invocation can die as well.
      await call(async () => {});
      open.delete(message);
    } catch (error) {
      const isFault =
        error instanceof Error && (error.name === "Killed" || error.message === "the answer was lost");
      if (!isFault && (error as Error).name !== "Overtaken") failures.push(error);
    } finally {
      running -= 1;
      inFlight.set(message, (inFlight.get(message) ?? 1) - 1);
    }
  };

  /** A person's request: the message first, so that the reverter does it if the request dies; then the move. */
  let asked = Math.floor(random() * 4);
  const ask = async (): Promise<void> => {
    const importId = pick(random, [...importIds]);
    const record = await ledger.read(importId);
    const wanted = pick(random, ["cancel", "undo", "undo", "rehearse"] as const);
    // What does not fit is refused.
    if (!record || (wanted === "cancel") !== (record.phase === "chunking" || record.phase === "loading"))
      return;
    if (wanted !== "cancel" && (record.phase !== "completed" || record.dryRun)) return;
    asked -= 1;
    send({ queue: "revert", importId, action: wanted });
    // The request may die here: the message does it then.
    if (random() < 0.5) return;
    const own = { ledger, now };
    if (wanted === "cancel") await flows.makeStopImport(own)(importId, "cancelled");
    if (wanted === "undo") await flows.makeUndoImport(own)(importId);
  };

  const deliver = (): boolean => {
    const beside = random() < 0.3;
    const ready = [...open].filter((message) => beside || !inFlight.get(message));
    if (ready.length === 0) return false;
    const message = pick(random, ready);
    inFlight.set(message, (inFlight.get(message) ?? 0) + 1);
    running += 1;
    void invoke(message);
    return true;
  };

  let steps = 0;
  for (; open.size > 0 || running > 0; steps += 1) {
    if (steps > STEPS_MAX) must(false, "every message is acknowledged in the end");
    if (steps > 2_500) chance = NO_FAULTS;
    if (asked > 0 && importIds.size > 0 && random() < 0.02) await ask();
    const starts = open.size > 0 && running < 5 && (running === 0 || random() < 0.05);
    if (!(starts && deliver())) await scheduler.step();
    const [failure] = failures;
    if (failure) throw failure instanceof Error && failure.name === "Broken" ? failure : broken(failure);
  }
  await checkEnd({ ledger, table, files, importIds, events, announced, versions });
  const records = await ledger.readMany([...importIds]);
  return { steps, phases: records.map(({ phase }) => phase) };
};

const broken = (failure: unknown): Error => {
  const text = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  return Object.assign(new Error(`no call fails by itself: ${text}`), { name: "Broken" });
};

const isToy = ({ pk }: Item): boolean => pk === `${ORGANIZATION}#toys`;

const subsets = ([first, ...rest]: readonly number[]): number[][] =>
  first === undefined ? [[]] : subsets(rest).flatMap((some) => [some, [first, ...some]]);

type EndOf = {
  ledger: ReturnType<typeof openLedger>;
  table: ReturnType<typeof memoryTable>;
  files: readonly ModelFile[];
  importIds: ReadonlySet<string>;
  events: ReadonlyMap<string, { id: string; name: ImportEventName; detail: string }>;
  announced: ReadonlyMap<string, ReadonlySet<string>>;
  versions: ReadonlyMap<string, readonly Uint8Array[]>;
};

const checkEnd = async ({ ledger, table, files, importIds, events, announced, versions }: EndOf) => {
  const line = await ledger.readLine(ORGANIZATION, "toys");
  must(
    line.entries.length === 0,
    `nothing is left in the line: ${JSON.stringify([line, await ledger.readMany([...importIds])])}`,
  );
  must(importIds.size === files.length, "each file is one import");
  const standing: { number: number; line: number; key: string; value: string }[] = [];
  for (const record of await ledger.readMany([...importIds])) {
    const { importId, phase, counts, number } = record;
    const file = files.find(({ key }) => key === record.file.key);
    must(file !== undefined, "an import is of a file");
    must(["completed", "failed", "cancelled", "undone"].includes(phase), `an import ends, not ${phase}`);
    must(record.announced && events.has(`${importId} import_${phase}`), "each end is announced");
    if (phase === "undone") must(events.has(`${importId} import_completed`), "so is the end before an undo");
    const reports = (versions.get(`reports/toys/${ORGANIZATION}/${importId}.json`) ?? []).map((bytes) =>
      Buffer.from(bytes).toString(),
    );
    const ofPhase = reports.filter((text) => JSON.parse(text).status === phase);
    must(ofPhase.length > 0 && new Set(ofPhase).size === 1, "all reports of an end are the same bytes");
    if (phase === "failed") must(file?.isBad === true, "what fails is a bad file");
    if (phase === "completed" || phase === "undone") {
      must(file?.isBad !== true, "a bad file does not complete");
      const { added = 0, changed = 0, unchanged = 0, accepted = 0, rejected = 0, rows } = counts ?? {};
      must(accepted === file?.rows.length && rejected === file?.rejected, "all rows are counted once");
      must(added + changed + unchanged === accepted && rows === accepted + rejected, "the counts add up");
    }
    if (phase === "completed" && !record.dryRun) {
      for (const { chunk } of await ledger.chunks(importId)) {
        const receipts = await ledger.receipts<ToyReceipt>(importId, chunk);
        const keys = receipts.filter(({ round }) => round === 0).flatMap(({ receipt = [] }) => receipt);
        must(
          keys.every(({ key }) => announced.get(importId)?.has(key)),
          "every row that it says is announced",
        );
      }
      standing.push(...(file?.rows ?? []).map((row) => ({ ...row, number })));
    }
  }
  const items = new Map(
    table
      .items()
      .filter(isToy)
      .map((item) => [item.sk, sayingsOf(item)]),
  );
  for (const key of new Set([...items.keys(), ...standing.map(({ key }) => key)])) {
    const wanted = shownBy(standing.filter((one) => one.key === key));
    const shown = items.get(key)?.at(-1)?.value;
    must(shown === wanted, `at rest ${key} shows ${shown}, and must show ${wanted}`);
  }
};
