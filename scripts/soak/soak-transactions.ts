import { NO_COUNTS } from "#common/imports/import-record.ts";
import { makeChunker, makeLoader, makeReverter } from "#common/imports/imports.ts";
import type { ImportBucket, LedgerDeps } from "#common/imports/ledger.ts";
import { openLedger } from "#common/imports/ledger.ts";
import { faultyTable, Lost } from "#common/table/testing/faulty-table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { randomFrom } from "#common/testing/random.ts";
import { transactionKind } from "#common/transactions/loading/kind.ts";
import { transactionImports } from "#common/transactions/loading/transaction-imports.ts";
import { highestOf } from "#common/transactions/rows/row.ts";
import { rowFromItem } from "#common/transactions/rows/row-item.ts";

export type SoakOptions = {
  rows: number;
  /** Share of all calls that fail, and of invocations that are killed. */
  chaos: number;
  seed?: number;
  onProgress?: (line: string) => void;
};

export type SoakResult = {
  faults: string[];
  rows: number;
  imports: number;
  invocations: number;
  killed: number;
};

/** Rows of an organization: memory holds one at a time. */
const ROWS_OF_ORGANIZATION = 20_000;
const ROWS_OF_ACCOUNT = 100;
const INVOCATIONS_AT_ONCE = 4;
const PIECE_BYTES = 64 * 1024;
const SLICE_CHUNKS_MS = 40;

const HEAD = "accountId,transactionId,postedAt,amount,currency,description,type\n";

type Line = { accountId: string; transactionId: string; amount: string };

const textOf = (lines: readonly (Line | undefined)[]): string =>
  HEAD +
  lines
    .map((line) =>
      line
        ? `${line.accountId},${line.transactionId},2026-03-01,${line.amount},EUR,"Street ${line.amount}, shop",debit\n`
        : "A,T,never,1,EUR,x,debit\n",
    )
    .join("");

type Night = { key: string; text: string; lines: Line[]; rejected: number; isUndone: boolean };

/** A night of new rows with some bad ones; one that corrects a part and repeats another; and the first one again. */
const makeNights = (organizationId: string, rows: number, random: () => number): Night[] => {
  const lines = Array.from({ length: rows }, (_, number) => ({
    accountId: `A${Math.floor(number / ROWS_OF_ACCOUNT)}`,
    transactionId: `T${number}`,
    amount: `-${number % 1_000}.50`,
  }));
  const corrections = lines
    .filter(() => random() < 0.1)
    .map((line) => (random() < 0.5 ? line : { ...line, amount: "7.00" }));
  const wrong = lines.filter(() => random() < 0.05).map((line) => ({ ...line, amount: "9.99" }));
  const night = (name: string, good: Line[], isUndone = false): Night => {
    const written = good.flatMap((line) => (random() < 0.01 ? [undefined, line] : [line]));
    const key = `transactions/${organizationId}/${name}.csv`;
    return { key, text: textOf(written), lines: good, rejected: written.length - good.length, isUndone };
  };
  return [
    night("first", lines),
    night("wrong", wrong, true),
    night("corrections", corrections),
    night("first-again", lines),
  ];
};

type Message =
  | { queue: "arrival"; night: Night; timeMs: number }
  | { queue: "file"; importId: string; slice: number }
  | { queue: "chunk"; importId: string; chunk: number }
  | { queue: "revert"; importId: string; action?: "cancel" | "undo" | "rehearse" };

const memoryBucket = (): ImportBucket => {
  const objects = new Map<string, Uint8Array>();
  return {
    name: "delivery",
    read: async ({ key }, fromByte = 0) => {
      const bytes = objects.get(key);
      if (!bytes) return undefined;
      return (async function* () {
        for (let at = fromByte; at < bytes.length; at += PIECE_BYTES)
          yield bytes.subarray(at, at + PIECE_BYTES);
      })();
    },
    get: async (key) => objects.get(key),
    put: async (key, bytes) => void objects.set(key, Uint8Array.from(bytes)),
  };
};

/** One organization: its nights one after the other, each with every message in any order, doubled and killed. */
const soakOrganization = async (
  organizationId: string,
  rows: number,
  { chaos, random, result }: { chaos: number; random: () => number; result: SoakResult },
): Promise<void> => {
  const table = memoryTable();
  const bucket = memoryBucket();
  const ledger = openLedger(table);
  const fault = (text: string) => void (result.faults.length < 100 && result.faults.push(text));
  const open: Message[] = [];
  const events = new Map<string, Set<string>>();
  const announced = new Map<string, Set<string>>();

  const work = async (message: Message, deps: LedgerDeps): Promise<void> => {
    const service = transactionImports({
      table: deps.table,
      now: Date.now,
      register: async () => {},
      defaultCurrency: "EUR",
      publish: async (published) => {
        for (const { detail } of published) {
          const { importId = "" } = detail as { importId?: string };
          announced.set(importId, (announced.get(importId) ?? new Set()).add(detail.id));
        }
      },
    });
    const kind = transactionKind("EUR");
    const chunker = makeChunker({ ...deps, chunkRows: 200, sliceMs: SLICE_CHUNKS_MS }, kind);
    if (message.queue === "arrival") {
      const { night, timeMs } = message;
      const arrival = { key: night.key, versionId: "1", bytes: night.text.length, timeMs };
      const { importId } = await chunker.registerDelivery(kind, organizationId, arrival);
      return chunker.chunkImport(importId, 0);
    }
    if (message.queue === "file") return chunker.chunkImport(message.importId, message.slice);
    if (message.queue === "chunk") return makeLoader(deps, service)(message.importId, message.chunk);
    return makeReverter(deps, service)(message);
  };

  const invoke = async (message: Message): Promise<void> => {
    let callsLeft = random() < chaos ? Math.floor(random() * 60) : Number.POSITIVE_INFINITY;
    const isDead = () => {
      callsLeft -= 1;
      return callsLeft < 0;
    };
    const call = async <T>(done: () => Promise<T>): Promise<T> => {
      await new Promise(setImmediate);
      if (isDead()) throw new Lost("the invocation was killed");
      // The SDK makes several tries of a call: few fail for good, half of those after they were done.
      const fails = random() < chaos ** 3;
      if (fails && random() < 0.5) throw new Lost("the call failed");
      const answer = await done();
      if (fails) throw new Lost("the answer was lost");
      return answer;
    };
    const deps: LedgerDeps = {
      table: faultyTable(table, { share: chaos, random, isDead }),
      bucket: {
        ...bucket,
        read: (file, from) => call(() => bucket.read(file, from)),
        get: (key) => call(() => bucket.get(key)),
        put: (key, bytes, type) => call(() => bucket.put(key, bytes, type)),
      },
      queues: {
        file: (body) => call(async () => void open.push({ queue: "file", ...body })),
        chunk: (body) => call(async () => void open.push({ queue: "chunk", ...body })),
        revert: (body) => call(async () => void open.push({ queue: "revert", ...body })),
      },
      publish: (name, { id, importId }) =>
        call(async () => {
          const at = `${importId} ${name}`;
          events.set(at, (events.get(at) ?? new Set()).add(id));
        }),
      now: Date.now,
    };
    result.invocations += 1;
    try {
      await work(message, deps);
      // Delivered once more now and then, as a queue may.
      if (random() < 0.03) open.push(message);
    } catch (error) {
      const { name } = error as Error;
      if (name !== "Lost" && name !== "Overtaken") fault(`${message.queue}: ${(error as Error).stack}`);
      if (callsLeft < 0) result.killed += 1;
      if (result.faults.length < 100) open.push(message);
    }
  };
  const drain = async (): Promise<void> => {
    const running = new Set<Promise<void>>();
    while (open.length > 0 || running.size > 0) {
      while (open.length > 0 && running.size < INVOCATIONS_AT_ONCE) {
        const [message] = open.splice(Math.floor(random() * open.length), 1);
        if (!message) break;
        const invocation: Promise<void> = invoke(message).finally(() => running.delete(invocation));
        running.add(invocation);
      }
      await Promise.race(running);
    }
  };

  const nights = makeNights(organizationId, rows, random);
  for (const [index, night] of nights.entries()) {
    await bucket.put(night.key, Buffer.from(night.text), "text/csv");
    const arrival = { queue: "arrival", night, timeMs: 1_000 + index } as const;
    // Notifications come twice now and then.
    open.push(arrival, ...(random() < 0.3 ? [arrival] : []));
    await drain();
  }
  for (const [index, night] of nights.entries()) {
    if (!night.isUndone) continue;
    const importId = (await ledger.importOfNumber(organizationId, "transactions", index + 1))?.importId ?? "";
    open.push({ queue: "revert", importId, action: "undo" });
    await drain();
  }
  await verify({ table, organizationId, nights, events, announced, fault });
  result.imports += nights.length;
  result.rows += nights.reduce((sum, { lines, rejected }) => sum + lines.length + rejected, 0);
};

type Verified = {
  table: MemoryTable;
  organizationId: string;
  nights: readonly Night[];
  events: ReadonlyMap<string, ReadonlySet<string>>;
  announced: ReadonlyMap<string, ReadonlySet<string>>;
  fault: (text: string) => void;
};

/** Holds the table and the imports against what the files say. */
const verify = async ({
  table,
  organizationId,
  nights,
  events,
  announced,
  fault,
}: Verified): Promise<void> => {
  const ledger = openLedger(table);
  const wanted = new Map<string, string>();
  for (const [index, { lines, rejected, isUndone, key }] of nights.entries()) {
    const record = await ledger.importOfNumber(organizationId, "transactions", index + 1);
    const phase = isUndone ? "undone" : "completed";
    if (record?.phase !== phase) fault(`${key} is ${record?.phase}, and must be ${phase}`);
    const counts = record?.counts ?? NO_COUNTS;
    const { accepted, added, changed, unchanged } = counts;
    if (accepted !== lines.length || counts.rejected !== rejected) {
      fault(`${key} counts ${accepted} and ${counts.rejected} rows, and has ${lines.length} and ${rejected}`);
    }
    if (added + changed + unchanged !== accepted) fault(`${key}: the verdicts do not add up`);
    if (index === 0 && added !== lines.length) fault(`${key} added ${added} of ${lines.length}`);
    const { importId = "" } = record ?? {};
    if (events.get(`${importId} import_completed`)?.size !== 1)
      fault(`${key}: its end was not announced once`);
    if (added > 0 && !announced.has(importId)) fault(`${key}: its rows were not announced`);
    if (isUndone) continue;
    for (const { accountId, transactionId, amount } of lines)
      wanted.set(`${accountId} ${transactionId}`, amount);
  }
  const { entries } = await ledger.readLine(organizationId, "transactions");
  if (entries.length > 0) fault(`${organizationId}: ${entries.length} are left in the line`);
  let found = 0;
  for (const item of table.items()) {
    if (!item.sk.startsWith("transaction#")) continue;
    found += 1;
    const accountId = item.pk.split("#").at(-1);
    const row = rowFromItem(item);
    const amount = highestOf(row)?.content.amount;
    const should = wanted.get(`${accountId} ${row.transactionId}`);
    if (amount !== should) fault(`${accountId} ${row.transactionId} has ${amount}, and must have ${should}`);
  }
  if (found !== wanted.size) fault(`${organizationId} has ${found} rows, and must have ${wanted.size}`);
};

/**
 * Imports nights of transactions while calls fail and chunkers, loaders and reverters die anywhere: files that repeat,
 * correct and are undone. The table must then be what the files say.
 */
export const soakTransactions = async ({
  rows,
  chaos,
  seed = 1,
  onProgress = () => {},
}: SoakOptions): Promise<SoakResult> => {
  const random = randomFrom(seed);
  const result: SoakResult = { faults: [], rows: 0, imports: 0, invocations: 0, killed: 0 };
  const startedAt = performance.now();
  for (let number = 0; result.rows < rows && result.faults.length === 0; number += 1) {
    const left = Math.ceil((rows - result.rows) / 2);
    await soakOrganization(`bank-${number}`, Math.min(ROWS_OF_ORGANIZATION, left), { chaos, random, result });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    onProgress(
      `${result.rows} rows in ${result.imports} imports after ${seconds} s: ${result.invocations} invocations, ${result.killed} killed`,
    );
  }
  return result;
};
