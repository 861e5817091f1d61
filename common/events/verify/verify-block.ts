import type { Item } from "#common/table/table.ts";
import { type Block, checksumOf, lastSequence, type PlacedEvent, placeEvents } from "../chain/block.ts";
import type { BlockEnd } from "../chain/head.ts";
import type { ChainId } from "../event.ts";

/**
 * What is wrong: an event or block is `changed`, `removed`, `inserted` or `reordered`; what readers see
 * (`list`), a large detail (`detail`) or the chain's head (`head`) is not what the chain says.
 */
export type FaultKind = "changed" | "removed" | "inserted" | "reordered" | "list" | "detail" | "head";

/** The first place where a chain is not what it was. */
export type ChainFault = {
  kind: FaultKind;
  chain: ChainId;
  block: number;
  sequence: number;
  /** Of the event that stands there, or is missing in a list. */
  eventId?: string;
  message: string;
};

export type BlockVerdict = { end: BlockEnd; events: PlacedEvent[] } | { fault: ChainFault };

/** Where the events differ from the checksums they were put with, and how; undefined if they do not. */
const firstDifference = (
  now: readonly number[],
  then: readonly number[],
): { index: number; kind: FaultKind } | undefined => {
  const length = Math.max(now.length, then.length);
  let index = 0;
  while (index < length && now[index] === then[index]) index += 1;
  if (index === length) return undefined;
  const restNow = new Set(now.slice(index));
  const restThen = new Set(then.slice(index));
  const isGone = !restNow.has(then[index] ?? -1);
  const isNew = !restThen.has(now[index] ?? -1);
  if (now.length < then.length && isGone) return { index, kind: "removed" };
  if (now.length > then.length && isNew) return { index, kind: "inserted" };
  return { index, kind: isGone || isNew ? "changed" : "reordered" };
};

/** Checks that a block follows from what stands before it, event by event; names the first that does not. */
export const verifyBlock = (block: Block, item: Item, before: BlockEnd): BlockVerdict => {
  const { organizationId, chain } = block;
  const fault = (kind: FaultKind, index: number, message: string): BlockVerdict => {
    const eventId = block.events[index]?.eventId;
    return {
      fault: {
        kind,
        chain,
        block: before.number + 1,
        sequence: before.sequence + 1 + index,
        ...(eventId === undefined || kind === "removed" ? {} : { eventId }),
        message,
      },
    };
  };
  const number = Number(item.sk.slice(item.sk.indexOf("#") + 1));
  if (number !== before.number + 1) {
    return fault("removed", 0, `block ${before.number + 1} is missing, block ${number} comes next`);
  }
  if (block.number !== number) return fault("reordered", 0, `block ${block.number} stands in its place`);
  const start = { firstSequence: before.sequence + 1, previousHash: before.hash };
  const events = placeEvents(organizationId, chain, start, block.events);
  const end = { number, sequence: before.sequence + events.length, hash: events.at(-1)?.hash ?? before.hash };
  // Only a block that is not what it was is asked which of its events: the checksums take as long as the hashes.
  const difference =
    block.hash === end.hash && block.previousHash === before.hash
      ? undefined
      : firstDifference(block.events.map(checksumOf), block.checksums);
  if (difference)
    return fault(difference.kind, difference.index, `an event of the block was ${difference.kind}`);
  if (events.length === 0) return fault("removed", 0, "the block holds no event");
  if (block.previousHash !== before.hash)
    return fault("changed", 0, "the block does not link to the one before");
  if (block.firstSequence !== start.firstSequence || item.lastSequence !== lastSequence(block)) {
    return fault("changed", 0, "the block does not say its own place");
  }
  if (block.hash !== end.hash) return fault("changed", 0, "the block's hash is not that of its events");
  return { end, events };
};
