import { type Item, type Key, numberOf, queryPages, type Table, textOf } from "#common/table/table.ts";
import { type DayState, type DayStates, type LogDay, untouched } from "./day.ts";

const partition = (organizationId: string, logType: string): string => `${organizationId}#days#${logType}`;

const key = ({ organizationId, logType, day }: LogDay): Key => ({
  pk: partition(organizationId, logType),
  sk: day,
});

const toItem = (day: LogDay, state: DayState, version: number): Item => ({
  ...key(day),
  version,
  generation: state.generation,
  drawn: state.drawn,
  writes: state.writes,
  erased: state.erased,
  settled: state.settled ? 1 : 0,
  ...(state.moved ? { movedAt: state.moved.at, movedUpTo: state.moved.upTo } : {}),
});

export const dayStateFromItem = (item: Item): DayState => ({
  generation: numberOf(item, "generation"),
  drawn: numberOf(item, "drawn"),
  writes: numberOf(item, "writes"),
  erased: numberOf(item, "erased"),
  settled: item.settled === 1,
  ...(item.movedAt === undefined
    ? {}
    : { moved: { at: numberOf(item, "movedAt"), upTo: numberOf(item, "movedUpTo") } }),
});

/** The days' states in the table `logs`: a partition for each organization and type, an item for each day. */
export const dayStates = (table: Pick<Table, "get" | "putIfVersion" | "queryPage">): DayStates => ({
  read: async (day) => {
    const item = await table.get(key(day), { consistent: true });
    return item ? dayStateFromItem(item) : untouched;
  },

  change: async (day, change) => {
    let item = await table.get(key(day), { consistent: true });
    for (;;) {
      const version = item ? numberOf(item, "version") : 0;
      const next = change(item ? dayStateFromItem(item) : untouched);
      if (!next) return undefined;
      const result = await table.putIfVersion(toItem(day, next, version + 1), version);
      if (result.done) return next;
      item = result.present;
    }
  },

  unfinished: async (organizationId, logType) => {
    const days: LogDay[] = [];
    for await (const items of queryPages(table, {
      pk: partition(organizationId, logType),
      consistent: true,
    })) {
      for (const item of items) {
        const { settled, moved } = dayStateFromItem(item);
        if (!settled || moved) days.push({ organizationId, logType, day: textOf(item, "sk") });
      }
    }
    return days;
  },
});
