import type { ImportFacts, StoredReceipt } from "#common/imports/registration.ts";
import type { Item, Table, Write } from "#common/table/table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import {
  type Actor,
  type Chance,
  makeCaller,
  makeScheduler,
  scheduledTable,
} from "#common/table/testing/scheduler.ts";
import { randomFrom } from "#common/testing/random.ts";
import { viewOf } from "../accounts/account.ts";
import { accountFromItem } from "../accounts/account-item.ts";
import { makeEdit } from "../changes/edit.ts";
import { makeNight } from "../changes/night.ts";
import { makeRegister } from "../changes/register.ts";
import { makeFold } from "../folding/fold.ts";
import { accountKey, accountPartition } from "../keys.ts";
import { emptyRow, type TransactionRow } from "../loading/file-row.ts";
import { type LoadDeps, makeDecide } from "../loading/load.ts";
import type { Receipt } from "../loading/receipt.ts";
import { makeRestate, makeTakeBack } from "../loading/take-back.ts";
import { rowFromItem } from "../rows/row-item.ts";
import { shownOf } from "../rows/shown.ts";
import { fileRows, inBatches } from "./files.ts";
import { makePlainModel, type PlainRow } from "./plain-model.ts";
import { Broken, makeReader, type Reader } from "./reader.ts";

const ORGANIZATION = "demo";
const ACCOUNTS = ["A1", "A2"];
const USERS = ["ann", "bob"];
const DAY_MS = 86_400_000;
const NO_FAULTS: Chance = { die: 0, loseAnswer: 0, sendTwice: 0 };
const STEPS_MAX = 30_000;

type Batch = { rows: ReturnType<typeof fileRows>; receipts: StoredReceipt<Receipt>[]; isVoid: boolean };
type Import = {
  facts: ImportFacts;
  batches: Batch[];
  state: "loading" | "completed" | "reverting" | "undone";
};
/** A take-back, in the same line as the imports. */
type Undo = { number: number; of: Import; isDone: boolean };

const receiptKey = (importId: string, batch: number, round: number) => ({
  pk: `receipts#${importId}`,
  sk: `${batch}#${round}`,
});

/**
 * One random history: files, edits, owners, nights, take-backs and readers, side by side, with calls that are
 * lost, doubled or cut off. After every write what is shown is held against a plain model that keeps all lines.
 */
export const runHistory = async (seed: number): Promise<void> => {
  const random = randomFrom(seed);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  };
  const memory = memoryTable();
  const model = makePlainModel();
  const scheduler = makeScheduler(random);
  let chance: Chance = pick([
    { die: 0.01, loseAnswer: 0.01, sendTwice: 0.05 },
    { die: 0.04, loseAnswer: 0.02, sendTwice: 0.1 },
    NO_FAULTS,
  ]);
  const caller = makeCaller(scheduler, random, () => chance);
  let nowMs = Date.UTC(2026, 2, 1);
  const now = () => nowMs;
  const today = () => Math.floor(nowMs / DAY_MS);
  const failures: unknown[] = [];

  const accountOf = (accountId: string) => {
    const key = accountKey(ORGANIZATION, accountId);
    const item = memory.items().find(({ pk, sk }) => pk === key.pk && sk === key.sk);
    return item && accountFromItem(ORGANIZATION, accountId, item);
  };
  const shownRows = (accountId: string): PlainRow[] => {
    const pk = accountPartition(ORGANIZATION, accountId);
    const night = accountOf(accountId)?.night ?? 0;
    return memory
      .items()
      .filter((item) => item.pk === pk && item.sk.startsWith("transaction#"))
      .flatMap((item) => {
        const row = rowFromItem(item);
        const shown = shownOf(row, night);
        const content = row.said.at(-1)?.content;
        if (!shown || !content) return [];
        const { transactionId, importId, pendingTransactionId, category, categorySource, note } = shown;
        return [
          {
            transactionId,
            content,
            importId,
            ...(pendingTransactionId === undefined ? {} : { pendingTransactionId }),
            ...(categorySource === "person" ? { category } : {}),
            ...(note === undefined ? {} : { note }),
          },
        ];
      });
  };
  const must = (is: unknown, wanted: unknown, what: string): void => {
    const [one, other] = [JSON.stringify(is), JSON.stringify(wanted)];
    if (one !== other) throw new Broken(`${what}: ${one} instead of ${other}`);
  };
  const check = (): void => {
    for (const accountId of ACCOUNTS) {
      const account = accountOf(accountId);
      if (!account) continue;
      must(shownRows(accountId), model.rows(accountId), `rows of ${accountId}`);
      const { balance, currency } = viewOf(account);
      must({ balance, currency }, model.balance(accountId), `balance of ${accountId}`);
      must(account.shown, shownRows(accountId).length, `count of ${accountId}`);
    }
  };

  /** The table of one invocation; `effect` is what its write means to the model. */
  const tableOf = (actor: Actor, effect: (writes: readonly Write[]) => void): Table => {
    const watched: Table = {
      ...memory,
      transact: async (writes) => {
        const result = await memory.transact(writes);
        if (!result.done) return result;
        effect(writes);
        check();
        return result;
      },
    };
    return scheduledTable(watched, caller(actor), random);
  };
  const accountPut = (writes: readonly Write[]): Item | undefined =>
    writes.flatMap((write) => ("put" in write && write.put.sk === "account" ? [write.put] : []))[0];
  const depsOf = (table: Table): LoadDeps => ({
    table,
    now,
    rulesOf: () => undefined,
    register: async () => {},
  });

  // --- the ledger, as small as it can be ---
  const imports: Import[] = [];
  const undos: Undo[] = [];
  let counter = 0;
  const isRunning = ({ state }: Import) => state === "loading";
  const mayLoad = ({ facts }: Import) => undos.every(({ number, isDone }) => isDone || number > facts.number);
  const mayTakeBack = (undo: Undo) =>
    imports.every((one) => one.facts.number > undo.number || !isRunning(one)) &&
    undos.every(({ number, isDone }) => isDone || number >= undo.number);

  const deliver = (): void => {
    counter += 1;
    const earlier = imports.length > 0 && random() < 0.6 ? pick(imports) : undefined;
    const repeated = earlier?.batches.flatMap(({ rows }) => rows.map(({ row }) => row)) ?? [];
    const rows = [
      ...repeated.filter(() => random() < 0.7),
      ...Array.from({ length: 1 + Math.floor(random() * 4) }, makeRow),
    ];
    // Bank's rows in another order, as overlapping exports have them.
    rows.sort(() => random() - 0.5);
    const facts: ImportFacts = {
      importId: `import-${counter}`,
      organizationId: ORGANIZATION,
      number: counter,
      beside: imports.some(isRunning),
      dryRun: false,
      startedAt: nowMs,
      options: {},
    };
    const batches = inBatches(fileRows(rows), 1 + Math.floor(random() * 3)).map((some) => ({
      rows: some,
      receipts: [],
      isVoid: false,
    }));
    imports.push({ facts, batches, state: "loading" });
  };
  const makeRow = (): TransactionRow => {
    const status = random() < 0.45 ? "pending" : "posted";
    const isPosted = status === "posted";
    const date = nowMs - Math.floor(random() * 13) * DAY_MS;
    return {
      accountId: random() < 0.8 ? "A1" : "A2",
      ...(random() < 0.3 ? { transactionId: pick(["t1", "t2", "t3"]) } : {}),
      content: {
        postedAt: new Date(date - (date % DAY_MS)).toISOString(),
        amount: pick(["-4.50", "-4.50", "10.00"]),
        currency: random() < 0.9 ? "EUR" : "USD",
        description: "CAFE",
        type: "debit",
        status,
        ...(isPosted && random() < 0.5 ? { balance: pick(["1.00", "2.00", "3.00"]) } : {}),
      },
    };
  };

  const load = async (one: Import, place: number, actor: Actor): Promise<void> => {
    const batch = one.batches[place];
    if (!batch) return;
    const receipt = (): boolean => batch.receipts.some(({ round }) => round === 0);
    const table = tableOf(actor, (writes) => {
      const put = writes[0];
      const stored = JSON.parse(String(put && "put" in put ? put.put.receipt : "[]")) as Receipt;
      batch.receipts.push({ chunk: place, batch: 0, round: 0, receipt: stored });
      for (const { line, row, ordinal } of batch.rows) {
        model.add({
          accountId: row.accountId,
          transactionId: emptyRow(row, ordinal, "").transactionId,
          ordinal: row.transactionId === undefined ? ordinal : undefined,
          number: one.facts.number,
          importId: one.facts.importId,
          line,
          day: Math.floor(one.facts.startedAt / DAY_MS),
          content: row.content,
        });
      }
      if (one.batches.every(({ receipts }) => receipts.length > 0) && one.state === "loading") {
        one.state = "completed";
      }
    });
    const decide = makeDecide(depsOf(table));
    while (!receipt() && !batch.isVoid) {
      const decision = await decide({ import: one.facts, rows: batch.rows });
      const put = {
        ...receiptKey(one.facts.importId, place, 0),
        receipt: JSON.stringify(decision.receipt),
      };
      const result = await table.transact([{ put, absent: true }, ...decision.writes]);
      if (result.done || result.lost.includes(0)) return;
    }
  };

  const takeBack = async (undo: Undo, actor: Actor): Promise<void> => {
    const { facts } = undo.of;
    const later = imports.filter(
      (one) => one.facts.number > facts.number && one.facts.number < undo.number && one.state !== "undone",
    );
    for (const one of later.sort((a, b) => a.facts.number - b.facts.number)) {
      for (const [place, batch] of one.batches.entries()) {
        // One that waits to be taken back itself stands until then, as far as it was loaded.
        if (!batch.receipts.some(({ round }) => round === 0)) continue;
        const isSaid = () => batch.receipts.some(({ round }) => round === undo.number);
        const table = tableOf(actor, (writes) => {
          const put = writes[0];
          const stored = JSON.parse(String(put && "put" in put ? put.put.receipt : "[]")) as Receipt;
          batch.receipts.push({ chunk: place, batch: 0, round: undo.number, receipt: stored });
        });
        while (!isSaid()) {
          const said = await makeRestate(depsOf(table))({ import: one.facts, rows: batch.rows }, facts);
          const put = {
            ...receiptKey(one.facts.importId, place, undo.number),
            receipt: JSON.stringify(said.receipt),
          };
          const result = await table.transact([{ put, absent: true }, ...said.writes]);
          if (result.done || result.lost.includes(0)) break;
        }
      }
    }
    for (const [place, batch] of undo.of.batches.entries()) {
      for (const stored of batch.receipts) {
        const key = {
          ...receiptKey(facts.importId, place, stored.round),
          sk: `undone#${place}#${stored.round}`,
        };
        for (;;) {
          const table = tableOf(actor, () => {
            for (const { accountId, said } of stored.receipt) model.remove(facts.number, accountId, said);
          });
          const taken = await makeTakeBack(depsOf(table))(stored.receipt, facts, () => false);
          const result = await table.transact([{ put: key, absent: true }, ...taken.writes]);
          if (result.done || result.lost.includes(0)) break;
        }
      }
    }
    if (!undo.isDone) {
      model.removeAll(facts.number);
      undo.of.state = "undone";
      undo.isDone = true;
    }
  };

  const edit = async (actor: Actor): Promise<void> => {
    const accountId = pick(ACCOUNTS);
    const row = shownRows(accountId)[Math.floor(random() * 4)];
    const owner = accountOf(accountId)?.owners[0];
    if (!row || owner === undefined) return;
    const field = pick(["category", "note"] as const);
    const value = random() < 0.3 ? null : pick(["Food", "Fun", "Rent"]);
    const { transactionId } = row;
    const table = tableOf(actor, (writes) =>
      model.edit(accountId, transactionId, field, value, Number(accountPut(writes)?.version)),
    );
    const target = { organizationId: ORGANIZATION, accountId, transactionId, userId: owner };
    await makeEdit({ table, now, sleep: async () => {} })(target, { [field]: value });
  };

  const night = async (actor: Actor): Promise<void> => {
    const accountId = pick(ACCOUNTS);
    const table = tableOf(actor, (writes) => model.night(accountId, Number(accountPut(writes)?.night)));
    await makeNight({ table, now, sleep: async () => {} })(ORGANIZATION, accountId, today());
  };

  const own = async (actor: Actor): Promise<void> => {
    const accountId = pick(ACCOUNTS);
    const currency = accountOf(accountId)?.balance?.currency ?? "EUR";
    const table = tableOf(actor, (writes) => model.currency(accountId, String(accountPut(writes)?.currency)));
    const owners = USERS.filter(() => random() < 0.6);
    await makeRegister({ table, now, sleep: async () => {}, register: async () => {} }).put(
      { organizationId: ORGANIZATION, accountId, transactionId: "tx" },
      { owners, currency },
    );
  };

  const readers: Reader[] = USERS.map((userId) =>
    makeReader({ organizationId: ORGANIZATION, userId, limitOf: () => 1 + Math.floor(random() * 5) }),
  );
  const fold = async (actor: Actor): Promise<void> => {
    const account = accountOf(pick(ACCOUNTS));
    if (!account) return;
    // Much later than anything was sealed: every segment may be folded, and none is deleted while it is read.
    const isRead = readers.some((reader) => reader.isBehind(account.accountId, account.folded));
    const later = (account.swept < account.folded && isRead ? 91 : 95) * DAY_MS;
    const table = tableOf(actor, () => {});
    const kept = account.swept < account.folded && isRead;
    if (kept) return;
    await makeFold({ table, now: () => nowMs + later, sleep: async () => {} })(account);
  };

  // --- what happens, in random order ---
  let running = 0;
  const start = (work: (actor: Actor) => Promise<void>): void => {
    const actor: Actor = { weight: pick([1, 1, 0.1]), dead: false };
    running += 1;
    work(actor)
      .catch((error: unknown) => {
        const name = error instanceof Error ? error.name : "";
        const isFault =
          name === "Killed" || (error instanceof Error && error.message === "the answer was lost");
        const isRefused = ["NOT_FOUND", "ACCOUNT_IN_CHANGE", "CURRENCY_SET"].includes(
          (error as { code?: string }).code ?? "",
        );
        if (!isFault && !isRefused) failures.push(error);
      })
      .finally(() => {
        running -= 1;
      });
  };
  const open = (): (() => void)[] => [
    ...imports
      .filter((one) => isRunning(one) && mayLoad(one))
      .flatMap((one) =>
        one.batches.flatMap((batch, place) =>
          batch.receipts.length === 0 ? [() => start((actor) => load(one, place, actor))] : [],
        ),
      ),
    ...undos
      .filter((undo) => !undo.isDone && mayTakeBack(undo))
      .slice(0, 1)
      .map((undo) => () => start((actor) => takeBack(undo, actor))),
  ];
  const something = (): void => {
    const what = random();
    const undoable = imports.filter(({ state }) => state === "completed" || state === "loading");
    if (what < 0.12 && imports.length < 5) deliver();
    else if (what < 0.18 && undoable.length > 0) {
      const of = pick(undoable);
      for (const batch of of.batches) batch.isVoid = batch.receipts.length === 0;
      // A batch that is on its way finds its receipt taken.
      for (const [place, batch] of of.batches.entries()) {
        if (batch.isVoid) void memory.putAll([receiptKey(of.facts.importId, place, 0)]);
      }
      of.state = "reverting";
      counter += 1;
      undos.push({ number: counter, of, isDone: false });
    } else if (what < 0.35) start(edit);
    else if (what < 0.42) start(own);
    else if (what < 0.48) start(night);
    else if (what < 0.52) nowMs += Math.floor(random() * 9) * DAY_MS;
    else if (what < 0.6) start(fold);
    else if (what < 0.75) {
      const reader = pick(readers);
      start((actor) => reader.page(tableOf(actor, () => {})));
    } else {
      const works = open();
      if (works.length > 0) pick(works)();
    }
  };
  const mustGoOn = () => {
    const [failure] = failures;
    if (failure)
      throw failure instanceof Broken ? failure : new Broken(`no call fails by itself: ${failure}`);
  };

  start(own);
  for (let steps = 0; steps < 600; steps += 1) {
    if (running < 4 && random() < 0.3) something();
    else await scheduler.step();
    mustGoOn();
  }
  chance = NO_FAULTS;
  for (let steps = 0; open().length > 0 || running > 0; steps += 1) {
    if (steps > STEPS_MAX) throw new Broken("every import and every take-back ends");
    const works = open();
    if (running === 0 && works.length > 0) pick(works)();
    await scheduler.step();
    mustGoOn();
  }
  check();
  // At rest the lines are those of the files that stand, whatever was written of them.
  const standing = imports.filter(({ state }) => state === "completed");
  const numbers = new Set(model.lines().map(({ number }) => number));
  for (const number of numbers) {
    if (!standing.some(({ facts }) => facts.number === number)) throw new Broken(`import ${number} is gone`);
  }
  must(
    model.lines().length,
    standing.flatMap(({ batches }) => batches.flatMap(({ rows }) => rows)).length,
    "lines at rest",
  );
  for (const reader of readers) {
    await reader.toTheEnd(memory);
    const owned = ACCOUNTS.filter((accountId) => accountOf(accountId)?.owners.includes(reader.userId));
    reader.mustHave(new Map(owned.map((accountId) => [accountId, shownRows(accountId)])));
  }
};
