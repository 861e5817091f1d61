import {
  type Block,
  type BlockEvent,
  blockFromItem,
  checksumOf,
  type PlacedEvent,
  placedEvents,
} from "../block.ts";
import { readDetails } from "../detail.ts";
import type { ChainId, Json } from "../event.ts";
import { digestOf, genesisHash } from "../hash.ts";
import { derivedItems, entriesOf } from "../run.ts";
import { type EventStore, type Item, numberOf } from "../store.ts";
import type { BrokenAt } from "./broken.ts";

/** Behind which block of a chain verifying stands, and what the next one must link to. */
export type Place = { chain: ChainId; block: number; sequence: number; hash: string };

export const startOf = (organizationId: string, chain: ChainId): Place => ({
  chain,
  block: 0,
  sequence: 0,
  hash: genesisHash(organizationId, chain),
});

export type Checked = { block: Block; events: PlacedEvent[] } | { brokenAt: BrokenAt };

/** An event whose text was taken out holds neither text nor salt; anything else must match its digest. */
const isErased = ({ salt, description, actor, detail }: BlockEvent): boolean =>
  salt === "" && description === "" && actor === undefined && detail === undefined;

const readBlock = (organizationId: string, chain: ChainId, item: Item): Block | undefined => {
  try {
    return blockFromItem(organizationId, chain, item);
  } catch {
    return undefined;
  }
};

const place = (block: Block): PlacedEvent[] | undefined => {
  try {
    return placedEvents(block);
  } catch {
    return undefined;
  }
};

/** Which of a changed block's events is not what it was; the first if the checksums do not tell. */
const changedEvent = ({ events, checksums }: Block): number => {
  const index = events.findIndex((event, at) => checksumOf(event) !== checksums[at]);
  return index === -1 ? 0 : index;
};

/** The first event whose text does not give the digest that stands in the chain. */
const changedText = (
  { events }: Block,
  details: ReadonlyMap<string, Json>,
): { index: number; reason: string } | undefined => {
  for (const [index, event] of events.entries()) {
    const { digest, salt } = event;
    if (digest === undefined || isErased(event)) continue;
    const detail = details.get(digest);
    if (detail === undefined && event.detail === undefined) return { index, reason: "its detail is missing" };
    const text = { ...event, ...(detail === undefined ? {} : { detail }) };
    if (digestOf(salt, text) !== digest) return { index, reason: "its text was changed" };
  }
  return undefined;
};

/** Whether a block's item follows the place, and holds what its hash says. */
export const checkBlock = async (
  store: Pick<EventStore, "getMany">,
  organizationId: string,
  { chain, block: number, sequence, hash }: Place,
  item: Item,
): Promise<Checked> => {
  const broken = (at: number, reason: string, eventId?: string): Checked => ({
    brokenAt: { chain, sequence: at, ...(eventId === undefined ? {} : { eventId }), reason },
  });
  const first = sequence + 1;
  const block = readBlock(organizationId, chain, item);
  if (!block) return broken(first, "its block cannot be read");
  if (block.number !== number + 1) return broken(first, "its block is missing");
  if (block.firstSequence !== first || block.previousHash !== hash) {
    return broken(first, "its block does not follow the one before");
  }
  if (block.events.length === 0) return broken(first, "its block holds no event");
  const events = place(block);
  const last = events?.at(-1);
  if (!events || last?.hash !== block.hash || last.sequence !== numberOf(item, "lastSequence")) {
    const index = changedEvent(block);
    return broken(first + index, "it was changed, removed, inserted or moved", block.events[index]?.eventId);
  }
  const digests = block.events.flatMap((event) => (isErased(event) ? [] : (event.digest ?? [])));
  const changed = changedText(block, await readDetails(store, organizationId, digests));
  if (changed) return broken(first + changed.index, changed.reason, block.events[changed.index]?.eventId);
  return { block, events };
};

/** A run's bytes depend on the library that packed them; what it says does not. */
const contentOf = (item: Item): string =>
  item.entries === undefined
    ? JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
    : JSON.stringify(entriesOf(item));

const isSame = (wanted: Item, stored: Item | undefined): boolean => {
  try {
    return stored !== undefined && contentOf(stored) === contentOf(wanted);
  } catch {
    return false;
  }
};

/**
 * Whether events and lists as readers see them are what the block says: the first event whose item, or
 * whose place in a list, is not.
 */
export const checkDerived = async (
  store: Pick<EventStore, "getMany">,
  { block, events }: { block: Block; events: PlacedEvent[] },
): Promise<BrokenAt | undefined> => {
  const wanted = derivedItems(block, events);
  const stored = new Map((await store.getMany(wanted)).map((item) => [`${item.pk}\n${item.sk}`, item]));
  const wrong = wanted.find((item) => !isSame(item, stored.get(`${item.pk}\n${item.sk}`)));
  if (!wrong) return undefined;
  const missing = !stored.has(`${wrong.pk}\n${wrong.sk}`);
  const [event] =
    wrong.entries === undefined ? events.filter(({ eventId }) => eventId === wrong.eventId) : [];
  const [entry] = wrong.entries === undefined ? [] : entriesOf(wrong);
  const { sequence = block.firstSequence, eventId } = event ?? entry ?? {};
  return {
    chain: block.chain,
    sequence,
    ...(eventId === undefined ? {} : { eventId }),
    reason: event
      ? `the event that is read is ${missing ? "missing" : "not the one in the chain"}`
      : `a list that it stands in ${missing ? "has lost it" : "says something else"}`,
  };
};
