import { readingOf, untouched } from "#common/logs/compaction/day.ts";
import { dayStateFromItem } from "#common/logs/compaction/day-states.ts";
import type { LogType } from "#common/logs/types.ts";
import { queryAll, type Table } from "#common/table/table.ts";
import { type DayReading, daysOf, type TimeRange } from "./relations.ts";

/**
 * How the days of a range are to be read now. Asked anew for each query, and consistently: what is superfluous by
 * a later move goes half a day after it.
 */
export const readDays = async (
  table: Pick<Table, "queryPage">,
  organizationId: string,
  logType: LogType,
  range: TimeRange,
): Promise<DayReading[]> => {
  const days = daysOf(range);
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return [];
  const items = await queryAll(table, {
    pk: `${organizationId}#days#${logType}`,
    from,
    to,
    consistent: true,
  });
  const states = new Map(items.map((item) => [item.sk, dayStateFromItem(item)]));
  return days.map((day) => ({ day, ...readingOf(states.get(day) ?? untouched) }));
};
