import type { Table } from "#common/table/table.ts";
import type { Position } from "../sync/position.ts";
import { positionFromBytes, positionToBytes } from "../sync/position.ts";
import { walk } from "../sync/walk.ts";
import type { PlainRow } from "./plain-model.ts";

/** Thrown with the invariant that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

type Kept = { importId: string; amount: string; note?: string | undefined; category: string };

/** An app that applies pages in order: it refuses what it cannot apply. */
export const makeReader = ({
  organizationId,
  userId,
  limitOf,
}: {
  organizationId: string;
  userId: string;
  limitOf: () => number;
}) => {
  let accounts: ReadonlyMap<number, Position> = new Map();
  const state = new Map<string, Kept>();
  /** Accounts by number are not known here; the lowest sequence is asked of all. */
  const sequences = () => [...accounts.values()].map((position) => Object.values(position)[0] as number);
  let turn: Promise<unknown> = Promise.resolve();

  const read = async (table: Table): Promise<boolean> => {
    const limit = limitOf();
    const options = { organizationId, userId, accounts, limit, isLate: () => false };
    const { changes, accounts: next, hasMore } = await walk(table, options);
    const { added, modified, removed } = changes;
    if (added.length + modified.length + removed.length > limit)
      throw new Broken("no page is beyond its limit");
    for (const { accountId, transactionId, importId, amount, note, category } of added) {
      if (state.has(`${accountId}#${transactionId}`)) throw new Broken(`${transactionId} is added twice`);
      state.set(`${accountId}#${transactionId}`, { importId, amount, note, category });
    }
    for (const { accountId, transactionId, importId, amount, note, category } of modified) {
      if (!state.has(`${accountId}#${transactionId}`))
        throw new Broken(`${transactionId} is modified, not had`);
      state.set(`${accountId}#${transactionId}`, { importId, amount, note, category });
    }
    for (const { accountId, transactionId } of removed) {
      if (!state.delete(`${accountId}#${transactionId}`))
        throw new Broken(`${transactionId} is removed, not had`);
    }
    const bytes = positionToBytes({ accounts: next, sealedAt: 1, ...(hasMore ? { begunAt: 1 } : {}) });
    accounts = positionFromBytes(bytes)?.accounts ?? new Map();
    return hasMore;
  };

  return {
    userId,
    /** Reads one page after the other: a page that is lost is asked for again with the cursor before it. */
    page: (table: Table): Promise<void> => {
      const page = turn.then(() => read(table));
      turn = page.catch(() => {});
      return page.then(() => {});
    },
    toTheEnd: async (table: Table): Promise<void> => {
      await turn;
      for (let pages = 0; await read(table); pages += 1) {
        if (pages > 1_000) throw new Broken("a walk ends");
      }
    },
    /** Whether this reader may still need what stands before the base. */
    isBehind: (_accountId: string, folded: number): boolean =>
      sequences().some((sequence) => sequence < folded),
    mustHave: (rows: ReadonlyMap<string, readonly PlainRow[]>): void => {
      const wanted = [...rows].flatMap(([accountId, some]) =>
        some.map((row) => [
          `${accountId}#${row.transactionId}`,
          row.importId,
          row.content.amount,
          row.note ?? null,
          row.category ?? "Other",
        ]),
      );
      const has = [...state].map(([key, row]) => [
        key,
        row.importId,
        row.amount,
        row.note ?? null,
        row.category,
      ]);
      const [one, other] = [JSON.stringify(has.sort()), JSON.stringify(wanted.sort())];
      if (one !== other) throw new Broken(`${userId} has ${one} instead of ${other}`);
    },
  };
};

export type Reader = ReturnType<typeof makeReader>;
