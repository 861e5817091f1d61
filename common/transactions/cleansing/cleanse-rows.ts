import { inParallel } from "#common/async/in-parallel.ts";
import type { AskAll, Pause, Reply } from "#common/cleansing/vendor/ask-all.ts";
import type { Asked } from "#common/cleansing/vendor/ask-vendor.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { ChangeTable } from "../changes/plan.ts";
import { readAccounts, readRows } from "../changes/read.ts";
import type { ChangeRows } from "./change-rows.ts";
import type { RowName, RowsMessage } from "./cleansing-message.ts";
import { isAsked, questionOf, withAnswer } from "./question.ts";

export type CleanseRowsDeps = {
  table: Pick<ChangeTable, "getMany">;
  askAll: AskAll;
  changeRows: ChangeRows;
  /** Puts a message on the queue again; when it returns, the queue has it. */
  again: (message: RowsMessage, delaySeconds: number) => Promise<void>;
  random: () => number;
};

/** Rows that can never succeed, as a message of their own, and why. */
export type GivenUp = { message: RowsMessage; error: AppError };

export type Cleansed = { answered: number; spent: number; givenUp: GivenUp[]; pause?: Pause };

const TRIES_MAX = 12;
const WAIT_SECONDS_MAX = 300;
const DELAY_SECONDS_MAX = 900;
const ACCOUNTS_AT_ONCE = 4;

/** Doubled with each try; up to half as long again, so that what failed together does not come back together. */
export const delayOf = ({ seconds }: Pick<Pause, "seconds">, tries: number, random: () => number): number => {
  const least = seconds ?? Math.min(WAIT_SECONDS_MAX, 2 ** tries);
  return Math.min(DELAY_SECONDS_MAX, Math.ceil(least * (1 + random() / 2)));
};

type Open = { row: RowName; asked: Asked };

/**
 * Asks the vendor about the rows of a message and writes what it answers. What it could not answer now is put on
 * the queue again; what it will never answer is given up with its reason.
 */
export const makeCleanseRows = ({ table, askAll, changeRows, again, random }: CleanseRowsDeps) => {
  const readOpen = async ({ organizationId, rows }: RowsMessage): Promise<Open[]> => {
    const ids = [...new Set(rows.map(({ accountId }) => accountId))];
    const accounts = await readAccounts(table, organizationId, ids, "");
    const stored = await readRows(table, organizationId, rows);
    return rows.flatMap((row): Open[] => {
      const account = accounts.get(row.accountId);
      const found = stored.get(row.accountId)?.get(row.transactionId);
      if (!account || !found || isAsked(found)) return [];
      const asked = questionOf(found, account);
      return asked === undefined ? [] : [{ row, asked }];
    });
  };

  const write = async (organizationId: string, open: readonly Open[], replies: readonly Reply[]) => {
    const answered = open.flatMap(({ row, asked }, place) => {
      const reply = replies[place];
      return reply?.kind === "answered"
        ? [{ ...row, description: asked.description, answer: reply.answer }]
        : [];
    });
    const accounts = Map.groupBy(answered, ({ accountId }) => accountId);
    await inParallel([...accounts], ACCOUNTS_AT_ONCE, ([accountId, some]) => {
      const byId = new Map(some.map((one) => [one.transactionId, one]));
      return changeRows({ organizationId, accountId, transactionIds: [...byId.keys()] }, (row) => {
        const one = byId.get(row.transactionId);
        return one === undefined ? row : withAnswer(row, one.description, one.answer);
      });
    });
    return answered.length;
  };

  return async (message: RowsMessage): Promise<Cleansed> => {
    const { organizationId, tries = 0 } = message;
    const open = await readOpen(message);
    const { replies, pause } = await askAll(
      open.map(({ asked }) => asked),
      "",
    );
    const answered = await write(organizationId, open, replies);
    const givenUp: GivenUp[] = [];
    const left: RowName[] = [];
    for (const [place, { row }] of open.entries()) {
      const reply = replies[place];
      if (reply?.kind === "refused") {
        givenUp.push({ message: { organizationId, rows: [row] }, error: reply.error });
      }
      if (reply?.kind === "open") left.push(row);
    }
    if (left.length > 0 && pause !== undefined) {
      const next = tries + (pause.counts ? 1 : 0);
      if (next >= TRIES_MAX) {
        const error = new AppError("CLEANSING_FAILED", { internal: `${TRIES_MAX} tries: ${pause.reason}` });
        givenUp.push({ message: { organizationId, rows: left }, error });
      } else {
        await again({ organizationId, rows: left, tries: next }, delayOf(pause, next, random));
      }
    }
    const spent = replies.filter(({ kind }) => kind === "spent").length;
    return { answered, spent, givenUp, ...(pause === undefined ? {} : { pause }) };
  };
};
