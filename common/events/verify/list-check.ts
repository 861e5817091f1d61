import { randomBytes } from "node:crypto";
import { padded } from "#common/table/key-text.ts";
import type { Item, QueryPage, Table } from "#common/table/table.ts";
import type { Block, PlacedEvent } from "../chain/block.ts";
import { type ChainId, chainName } from "../event.ts";
import { ALL_RUNS, fixedPartitions, listOf, parseRunSortKey, partitionsOfList } from "../keys.ts";
import { makeBlockProof } from "../lists/block-proof.ts";
import { derivedRuns } from "../lists/derived-items.ts";
import { jsonOfRun, runJson } from "../lists/run.ts";
import { rowFault } from "./row-fault.ts";
import { makeRowSums, type SumsState } from "./row-sums.ts";
import type { ChainFault } from "./verify-block.ts";

/** A place in a partition from which its rows are still to be read. */
type Place = { pk: string; after?: string };

/** How far the lists are, as plain JSON. */
export type ListProgress = SumsState & {
  pending: Place[];
  /** Rows read so far. */
  rows: number;
  /** The lists that every organization has are among the pending, or done. */
  fixedBegun: boolean;
};

export const newListProgress = (): ListProgress => ({
  key: randomBytes(32).toString("base64"),
  sums: "",
  pending: [],
  rows: 0,
  fixedBegun: false,
});

export type ListCheckDeps = {
  store: Table;
  organizationId: string;
  /** Whether all rows of a block are known to be written: only those are counted. */
  isSettled: (chain: ChainId, block: number) => boolean;
};

/** Lists whose first pages are read at once: 1 MB for each of up to four partitions. */
const LISTS_AT_ONCE = 16;

/** Lists of which it is known which block looks after them; forgetting one costs a query. */
const KNOWN_MAX = 100_000;

const parsePlace = (sk: string): ReturnType<typeof parseRunSortKey> | undefined => {
  try {
    return parseRunSortKey(sk);
  } catch {
    return undefined;
  }
};

/** The chain and block of a sort key. */
const placeIn = (sk: string): string => sk.slice(sk.indexOf("#") + 1);

/**
 * Compares all lists with what the chains say, both ways, in memory that does not grow with them. Each block adds
 * the rows that it makes; each partition that a chain names is read once and takes its rows off. A list of a type or
 * customer is read when the block of its first row comes by, so nothing has to be remembered of those that were
 * read: if a row stands before all others that no block made, the list is not read, and its sums do not match.
 * A row of a block that was not finished when the verification began is held against its block by itself.
 */
export const makeListCheck = (
  { store, organizationId, isSettled }: ListCheckDeps,
  { pending: waiting, rows: rowsBefore, fixedBegun: begun, ...state }: ListProgress,
) => {
  const sums = makeRowSums(state);
  const proof = makeBlockProof(store, organizationId);
  const pending: Place[] = [...waiting];
  const known = new Map<string, string>();
  let rows = rowsBefore;
  let fixedBegun = begun;

  const readPage = ({ pk, after }: Place): Promise<QueryPage> =>
    store.queryPage({ pk, ...ALL_RUNS, consistent: true, ...(after === undefined ? {} : { after }) });

  const isOfSettledBlock = ({ sk }: Item): boolean => {
    const place = parsePlace(sk);
    return place !== undefined && isSettled(place.chain, place.block);
  };

  const takeRow = async (item: Item): Promise<ChainFault | undefined> => {
    rows += 1;
    if (!isOfSettledBlock(item)) {
      return (await proof.isRun(item)) ? undefined : rowFault(item, "is of no block");
    }
    try {
      sums.takeOff(item, jsonOfRun(item));
      return undefined;
    } catch {
      return rowFault(item, "cannot be read");
    }
  };

  const takeRows = async (items: readonly Item[]): Promise<ChainFault | undefined> => {
    for (const item of items) {
      const fault = await takeRow(item);
      if (fault) return fault;
    }
    return undefined;
  };

  /** The rows of a partition up to the first one that is settled, or to the end of its page. */
  const readStart = async (pk: string) => {
    const items: Item[] = [];
    let place: Place = { pk };
    for (;;) {
      const page = await readPage(place);
      items.push(...page.items);
      const first = page.items.find(isOfSettledBlock);
      if (first || page.next === undefined) return { items, first, pk, next: page.next };
      place = { pk, after: page.next };
    }
  };

  /** Reads a list if it is this block that looks after it; what does not fit a page is left pending. */
  const visit = async (list: string, here: string): Promise<ChainFault | undefined> => {
    const starts = await Promise.all(partitionsOfList(list).map(readStart));
    const [first] = starts.flatMap(({ first }) => first?.sk ?? []).sort();
    known.set(list, first === undefined ? "" : placeIn(first));
    if (first === undefined || placeIn(first) !== here) return undefined;
    for (const { items, pk, next } of starts) {
      const fault = await takeRows(items);
      if (fault) return fault;
      if (next !== undefined) pending.push({ pk, after: next });
    }
    return undefined;
  };

  return {
    /** Counts the rows that a block makes, and reads the lists that it looks after. */
    addBlock: async (block: Block, events: readonly PlacedEvent[]): Promise<ChainFault | undefined> => {
      const here = `${chainName(block.chain)}#${padded(block.number)}`;
      const lists = new Set<string>();
      for (const run of derivedRuns(block, events)) {
        sums.add(run, runJson(run.events).json);
        const list = listOf(run.pk);
        if (list !== undefined) lists.add(list);
      }
      if (known.size > KNOWN_MAX) known.clear();
      const mine = [...lists].filter((list) => (known.get(list) ?? here) === here);
      for (let start = 0; start < mine.length; start += LISTS_AT_ONCE) {
        const part = mine.slice(start, start + LISTS_AT_ONCE);
        const faults = await Promise.all(part.map((list) => visit(list, here)));
        const fault = faults.find((one) => one !== undefined);
        if (fault) return fault;
      }
      return undefined;
    },

    /** Reads on where rows are left; `undefined` when nothing is left or the time is up. */
    workOff: async (isTimeUp: () => boolean): Promise<ChainFault | undefined> => {
      for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
        const { items, next } = await readPage(place);
        if (next !== undefined) pending.push({ pk: place.pk, after: next });
        const fault = await takeRows(items);
        if (fault) return fault;
        if (isTimeUp()) return undefined;
      }
      return undefined;
    },

    /** The lists by time and the audit list come last. */
    beginFixed: (): void => {
      if (!fixedBegun) pending.push(...fixedPartitions(organizationId).map((pk) => ({ pk })));
      fixedBegun = true;
    },

    isDone: (): boolean => fixedBegun && pending.length === 0,
    uneven: sums.uneven,
    progress: (): ListProgress => ({ ...sums.state(), pending: [...pending], rows, fixedBegun }),
  };
};
