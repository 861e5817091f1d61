import { AppError } from "#common/errors/app-error.ts";
import type { RunEntry } from "#common/events/event.ts";
import type { Count, GroupBy } from "./analytics-source.ts";

/** Lambda answers at most 6 MB, with the body as one text in JSON; also what is held in memory. */
const ANSWER_BYTES_MAX = 5_000_000;

/** `{"key":"","count":1234567},` with its quotes escaped once more. */
const BYTES_BESIDE_KEY = 36;

const KEYS: Record<GroupBy, (entry: RunEntry) => string> = {
  type: ({ type }) => type,
  customer: ({ customerId }) => customerId,
  actor: ({ actor = "" }) => actor,
  day: ({ date }) => date.slice(0, 10),
  hour: ({ date }) => `${date.slice(0, 13)}:00:00.000Z`,
};

const byKey = (a: Count, b: Count): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** The room that an answer has for groups; throws `TOO_MUCH_TO_COUNT` when it is taken. */
export const makeRoom = () => {
  let bytes = 0;
  return {
    take: (key: string): void => {
      bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(key))) + BYTES_BESIDE_KEY;
      if (bytes <= ANSWER_BYTES_MAX) return;
      throw new AppError("TOO_MUCH_TO_COUNT", { internal: `groups of more than ${ANSWER_BYTES_MAX} bytes` });
    },
  };
};

/** Counts entries one by one; several counters of one answer share its room. */
export const makeGroupCounter = (groupBy: GroupBy, room = makeRoom()) => {
  const keyOf = KEYS[groupBy];
  const groups = new Map<string, number>();
  return {
    add: (entry: RunEntry): void => {
      const key = keyOf(entry);
      const count = groups.get(key);
      groups.set(key, (count ?? 0) + 1);
      if (count !== undefined) return;
      room.take(key);
    },
    counts: (): Count[] => {
      const counts = Array.from(groups, ([key, count]) => ({ key, count }));
      const isByTime = groupBy === "day" || groupBy === "hour";
      return counts.sort(isByTime ? byKey : (a, b) => b.count - a.count || byKey(a, b));
    },
  };
};
