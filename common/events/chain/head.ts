import { type Item, numberOf, type Table, textOf } from "#common/table/table.ts";
import type { ChainId } from "../event.ts";
import { headKey } from "../keys.ts";
import { genesisHash } from "./hash.ts";

/** Where a block ends. */
export type BlockEnd = { number: number; sequence: number; hash: string };

/** Which blocks of a chain are finished (written for readers, and announced): every one up to `finished`, and those of `done` beyond it. */
export type Head = { finished: BlockEnd; done: BlockEnd[]; version: number };

/** The head of a chain that has none yet. */
export const newHead = (organizationId: string, chain: ChainId): Head => ({
  finished: { number: 0, sequence: 0, hash: genesisHash(organizationId, chain) },
  done: [],
  version: 0,
});

const isEnd = (value: unknown): value is BlockEnd => {
  if (typeof value !== "object" || value === null) return false;
  const { number, sequence, hash } = value as Record<string, unknown>;
  return Number.isSafeInteger(number) && Number.isSafeInteger(sequence) && typeof hash === "string";
};

const endsOf = (text: string): BlockEnd[] => {
  const ends: unknown = JSON.parse(text);
  if (!Array.isArray(ends) || !ends.every(isEnd))
    throw new Error("a head's blocks that are done are no ends");
  return ends;
};

/** Throws when the item is no head. */
export const headFromItem = (item: Item): Head => ({
  finished: {
    number: numberOf(item, "finished"),
    sequence: numberOf(item, "sequence"),
    hash: textOf(item, "hash"),
  },
  done: endsOf(textOf(item, "done")),
  version: numberOf(item, "version"),
});

export const readHead = async (
  store: Pick<Table, "get">,
  organizationId: string,
  chain: ChainId,
): Promise<Head> => {
  const item = await store.get(headKey(organizationId, chain), { consistent: true });
  return item ? headFromItem(item) : newHead(organizationId, chain);
};

export const isFinished = ({ finished, done }: Head, number: number): boolean =>
  number <= finished.number || done.some((end) => end.number === number);

/** The head with these blocks marked, those in a row with `finished` taken into it; the same head if all were. */
export const withFinished = (head: Head, ends: readonly BlockEnd[]): Head => {
  const more = ends.filter(({ number }) => !isFinished(head, number));
  if (more.length === 0) return head;
  let { finished } = head;
  const done: BlockEnd[] = [];
  for (const end of [...head.done, ...more].sort((a, b) => a.number - b.number)) {
    if (end.number === finished.number + 1) finished = end;
    else done.push(end);
  }
  return { finished, done, version: head.version + 1 };
};

/** Each failed try means that another writer's mark got through, so a few are enough unless the table is ill. */
const TRIES_MAX = 50;

/**
 * Marks blocks as finished, also while other writers mark theirs. `known` saves the first read; it may
 * be old.
 */
export const markFinished = async (
  store: Table,
  organizationId: string,
  chain: ChainId,
  known: Head,
  ends: readonly BlockEnd[],
): Promise<void> => {
  let head = known;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const next = withFinished(head, ends);
    if (next === head) return;
    const { finished, done, version } = next;
    const item: Item = {
      ...headKey(organizationId, chain),
      finished: finished.number,
      sequence: finished.sequence,
      hash: finished.hash,
      done: JSON.stringify(done),
      version,
    };
    const put = await store.putIfVersion(item, head.version);
    if (put.done) return;
    head = put.present ? headFromItem(put.present) : newHead(organizationId, chain);
  }
  throw new Error(`a chain's head changed ${TRIES_MAX} times while it was marked`);
};
