import { type Item, numberOf, type Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import { admit, afterAnswer, afterFailure, type BreakerState, CLOSED } from "./breaker.ts";

export type StateTable = Pick<Table, "get" | "putIfVersion">;

/** One vendor serves all organizations: no organization is called `-`. */
const BREAKER = { pk: "-#vendor", sk: "breaker" };
const monthKey = (month: string) => ({ pk: "-#vendor", sk: `month#${month}` });

const MONTH_SECONDS = 400 * 86_400;
const TRIES_MAX = 20;

const breakerFrom = (item: Item | undefined): BreakerState =>
  item === undefined
    ? CLOSED
    : {
        failures: numberOf(item, "failures"),
        opened: numberOf(item, "opened"),
        openUntil: numberOf(item, "openUntil"),
      };

const versionOf = (item: Item | undefined): number => (item === undefined ? 0 : numberOf(item, "version"));

export type Turn = { admitted: true; probe: boolean } | { admitted: false; waitMs: number };

/** The breaker and the month's count, which all invocations share. */
export const makeVendorState = (table: StateTable, now: Clock) => {
  /** Puts what `next` makes of the item until no other invocation wrote it in between; undefined leaves it as it is. */
  const change = async <Result>(
    key: { pk: string; sk: string },
    next: (item: Item | undefined) => { result: Result; item?: Omit<Item, "pk" | "sk" | "version"> },
  ): Promise<Result> => {
    for (let tryNumber = 0; tryNumber < TRIES_MAX; tryNumber += 1) {
      const present = await table.get(key, { consistent: true });
      const { result, item } = next(present);
      if (item === undefined) return result;
      const version = versionOf(present);
      const put = await table.putIfVersion({ ...item, ...key, version: version + 1 }, version);
      if (put.done) return result;
    }
    throw new Error(`${key.sk} was changed by others ${TRIES_MAX} times in a row`);
  };

  const changeBreaker = (next: (state: BreakerState) => BreakerState): Promise<{ opened: boolean }> =>
    change(BREAKER, (present) => {
      const state = breakerFrom(present);
      const after = next(state);
      const opened = after.opened > state.opened;
      return after === state ? { result: { opened } } : { result: { opened }, item: { ...after } };
    });

  return {
    /** Whether the vendor may be asked now, or how long to wait. */
    turn: (): Promise<Turn> =>
      change<Turn>(BREAKER, (present) => {
        const admission = admit(breakerFrom(present), now());
        if (!admission.admitted) return { result: admission };
        const result: Turn = { admitted: true, probe: admission.probe };
        return admission.next === undefined ? { result } : { result, item: { ...admission.next } };
      }),

    answered: async (): Promise<void> => void (await changeBreaker(afterAnswer)),

    failed: (probe: boolean): Promise<{ opened: boolean }> =>
      changeBreaker((state) => afterFailure(state, now(), probe)),

    /** How many of these transactions may still be asked about this month; so many are counted. */
    take: (wanted: number, max: number): Promise<{ granted: number; month: string }> => {
      const month = new Date(now()).toISOString().slice(0, 7);
      return change(monthKey(month), (present) => {
        const count = present === undefined ? 0 : numberOf(present, "count");
        const granted = Math.max(0, Math.min(wanted, max - count));
        const result = { granted, month };
        if (granted === 0) return { result };
        const expiresAt = Math.floor(now() / 1000) + MONTH_SECONDS;
        return { result, item: { count: count + granted, expiresAt } };
      });
    },

    /** Gives back what was taken for transactions that the vendor did not answer. */
    giveBack: (month: string, number: number): Promise<void> =>
      number === 0
        ? Promise.resolve()
        : change<void>(monthKey(month), (present) => ({
            result: undefined,
            ...(present === undefined
              ? {}
              : {
                  item: {
                    count: Math.max(0, numberOf(present, "count") - number),
                    expiresAt: numberOf(present, "expiresAt"),
                  },
                }),
          })),
  };
};

export type VendorState = ReturnType<typeof makeVendorState>;
