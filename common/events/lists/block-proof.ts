import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Item, Table } from "#common/table/table.ts";
import { type PlacedEvent, placedEvents } from "../chain/block.ts";
import { blockFromItem } from "../chain/block-item.ts";
import { isChain } from "../chain/chain-of.ts";
import type { ChainId } from "../event.ts";
import { blockKey, parseRunSortKey } from "../keys.ts";
import { derivedRuns, type Run } from "./derived-items.ts";
import { eventFromItem, eventToItem, isSameItem } from "./event-item.ts";
import { type EntryTexts, jsonOfRun, runJsons } from "./run.ts";

/** Blocks that are kept in memory: rows that stand together are mostly of few blocks. */
const BLOCKS_KEPT = 32;

type Proof = { events: Map<string, PlacedEvent>; runs: Map<string, Run> };

const keyText = ({ pk, sk }: { pk: string; sk: string }): string => `${pk}\n${sk}`;

/** Whether a run says what these events say, however it is packed and in whatever order its fields are. */
export const saysTheSame = (run: Item, texts: readonly EntryTexts[]): boolean => {
  const json = jsonOfRun(run);
  const wanted = runJsons(texts);
  if (wanted.includes(json)) return true;
  const said = canonicalJson(JSON.parse(json));
  return wanted.some((text) => canonicalJson(JSON.parse(text)) === said);
};

const unlessUnreadable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const toProof = (organizationId: string, chain: ChainId, item: Item): Proof => {
  const block = blockFromItem(organizationId, chain, item);
  const events = placedEvents(block);
  return {
    events: new Map(events.map((event) => [event.eventId, event])),
    runs: new Map(derivedRuns(block, events).map((run) => [keyText(run), run])),
  };
};

/**
 * Holds single items that readers use against the block that they say they come from: a block is the truth, and
 * changing one breaks its chain. What cannot be read is not proven. Costs the reading of the block.
 */
export const makeBlockProof = (store: Pick<Table, "get">, organizationId: string) => {
  const kept = new Map<string, Proof>();

  const keep = (name: string, proof: Proof): void => {
    kept.delete(name);
    kept.set(name, proof);
    const [oldest] = kept.keys();
    if (kept.size > BLOCKS_KEPT && oldest !== undefined) kept.delete(oldest);
  };

  const proofOf = async (chain: ChainId, number: number): Promise<Proof | undefined> => {
    if (!isChain(chain)) return undefined;
    const key = blockKey(organizationId, chain, number);
    const name = keyText(key);
    const known = kept.get(name);
    if (known) {
      keep(name, known);
      return known;
    }
    // A block never changes: only one that is not there yet has to be asked for again.
    const item = (await store.get(key)) ?? (await store.get(key, { consistent: true }));
    const proof = item && unlessUnreadable(() => toProof(organizationId, chain, item));
    if (proof) keep(name, proof);
    return proof;
  };

  return {
    /** Whether a list's item is one that its block makes. */
    isRun: async (item: Item): Promise<boolean> => {
      const place = unlessUnreadable(() => parseRunSortKey(item.sk));
      const run = place && (await proofOf(place.chain, place.block))?.runs.get(keyText(item));
      return run !== undefined && unlessUnreadable(() => saysTheSame(item, run.events)) === true;
    },

    /** Whether an event's own item is the one that its block makes. */
    isEvent: async (item: Item): Promise<boolean> => {
      const read = unlessUnreadable(() => eventFromItem(organizationId, item));
      if (!read) return false;
      const { epoch, number } = read.event.chain;
      const chain = { epoch, number };
      const placed = (await proofOf(chain, read.block))?.events.get(read.event.eventId);
      return placed !== undefined && isSameItem(eventToItem(organizationId, chain, read.block, placed), item);
    },
  };
};
