import { inParallel } from "#common/async/in-parallel.ts";
import { queryPages, textOf } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { makeNight } from "../changes/night.ts";
import { readAccounts } from "../changes/read.ts";
import type { Sleep } from "../changes/retry.ts";
import { accountLists } from "../keys.ts";
import { organizationsFrom } from "../organizations.ts";
import { type FoldTable, makeFold } from "./fold.ts";

export type NightlyDeps = {
  table: FoldTable;
  now?: () => number;
  sleep?: Sleep;
  /** Whether the work has to stop here, and go on when it is called again. */
  isLate: () => boolean;
};

export type NightlyResult = { accounts: number; hidden: number; folded: number; isDone: boolean };

type Place = { organizationId: string; list: number; accountId: string };

const DAY_MS = 86_400_000;
const ACCOUNTS_AT_ONCE = 8;
/** How long the place where a night's work stopped is kept. */
const PROGRESS_SECONDS = 7 * 86_400;

const progressKey = (night: number) => ({ pk: "nights", sk: String(night) });

/** Whether a night can change anything of the account; most have nothing pending and nothing old. */
const needsNight = ({ watchFrom, night: last }: Account, night: number): boolean =>
  watchFrom !== undefined && last < night;

/**
 * The night's work on all accounts: pending rows that vanished are hidden, and feeds are folded. It may stop
 * anywhere and be called again for the same night: it goes on from the last batch of accounts that was done.
 */
export const makeNightly = ({ table, now = Date.now, sleep, isLate }: NightlyDeps) => {
  const deps = { table, now, ...(sleep === undefined ? {} : { sleep }) };
  const hide = makeNight(deps);
  const fold = makeFold(deps);

  const readPlace = async (night: number): Promise<Place | "done" | undefined> => {
    const item = await table.get(progressKey(night), { consistent: true });
    if (!item) return undefined;
    const place = JSON.parse(textOf(item, "place")) as Place | null;
    return place ?? "done";
  };
  const savePlace = (night: number, place: Place | null): Promise<void> =>
    table.putAll([
      {
        ...progressKey(night),
        place: JSON.stringify(place),
        expiresAt: Math.floor(now() / 1000) + PROGRESS_SECONDS,
      },
    ]);

  return async (at: Date): Promise<NightlyResult> => {
    const night = Math.floor(at.getTime() / DAY_MS);
    const result: NightlyResult = { accounts: 0, hidden: 0, folded: 0, isDone: true };
    const start = await readPlace(night);
    if (start === "done") return result;
    for await (const organizationId of organizationsFrom(table, start?.organizationId ?? "")) {
      const isFirst = organizationId === start?.organizationId;
      for (const [list, pk] of accountLists(organizationId).entries()) {
        if (isFirst && list < (start?.list ?? 0)) continue;
        const after = isFirst && list === start?.list && start.accountId !== "" ? start.accountId : undefined;
        const options = { pk, limit: 100, ...(after === undefined ? {} : { after }) };
        for await (const items of queryPages(table, options)) {
          const ids = items.map(({ sk }) => sk);
          const accounts = await readAccounts(table, organizationId, ids, "");
          await inParallel([...accounts.values()], ACCOUNTS_AT_ONCE, async (account) => {
            if (account.version === 0) return;
            if (needsNight(account, night)) {
              result.hidden += (await hide(organizationId, account.accountId, night)).hidden;
            }
            if ((await fold(account)).folded) result.folded += 1;
          });
          result.accounts += ids.length;
          const last = ids.at(-1);
          if (last !== undefined && isLate()) {
            await savePlace(night, { organizationId, list, accountId: last });
            return { ...result, isDone: false };
          }
        }
      }
    }
    await savePlace(night, null);
    return result;
  };
};
