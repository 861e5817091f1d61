import { crc32 } from "node:zlib";
import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Json } from "#common/json/json.ts";
import type { ChainId, EventMessage, Link, Target } from "../event.ts";
import { digestOf, linkHash } from "./hash.ts";

/**
 * An event as a block holds it: nothing that follows from its place. `digest` stands for what is not
 * here: a large `detail` that is kept apart, or text that was erased (then the salt is gone as well).
 */
export type BlockEvent = {
  eventId: string;
  customerId: string;
  type: string;
  description: string;
  date: string;
  actor?: string;
  targets?: Target[];
  detail?: Json;
  recordedAt: string;
  recordedBy?: string;
  transactionId?: string;
  salt: string;
  digest?: string;
};

/** What is put as one, only if its number is free: the put is the commit of its events. */
export type Block = {
  organizationId: string;
  chain: ChainId;
  /** From 1, without a gap. */
  number: number;
  /** Sequence of the first event; they go on without a gap from block to block, from 1. */
  firstSequence: number;
  /** Hash of the last event before. */
  previousHash: string;
  /** Hash of the last event. */
  hash: string;
  events: BlockEvent[];
  /** CRC-32 of each event: no proof, but it finds which event of a changed block is not what it was. */
  checksums: number[];
};

export type PlacedEvent = BlockEvent & Link;

export const lastSequence = ({ firstSequence, events }: Block): number => firstSequence + events.length - 1;

export const toBlockEvent = (message: EventMessage): BlockEvent => {
  const { eventId, customerId, type, description, date, actor, targets, detail } = message;
  const { recordedAt, recordedBy, transactionId, salt } = message;
  return {
    eventId,
    customerId,
    type,
    description,
    date,
    ...(actor === undefined ? {} : { actor }),
    ...(targets === undefined ? {} : { targets }),
    ...(detail === undefined ? {} : { detail }),
    recordedAt,
    ...(recordedBy === undefined ? {} : { recordedBy }),
    ...(transactionId === undefined ? {} : { transactionId }),
    salt,
  };
};

export const digestOfEvent = (event: BlockEvent): string => event.digest ?? digestOf(event.salt, event);

/** Events in their places: sequence and hashes follow from what stands before. */
export const placeEvents = (
  organizationId: string,
  chain: ChainId,
  { firstSequence, previousHash }: { firstSequence: number; previousHash: string },
  events: readonly BlockEvent[],
): PlacedEvent[] => {
  let before = previousHash;
  return events.map((event, index) => {
    const sequence = firstSequence + index;
    const hash = linkHash({ organizationId, ...event }, chain, sequence, digestOfEvent(event), before);
    const placed = { ...event, sequence, hash, previousHash: before };
    before = hash;
    return placed;
  });
};

export const placedEvents = (block: Block): PlacedEvent[] =>
  placeEvents(block.organizationId, block.chain, block, block.events);

export const checksumOf = (event: BlockEvent): number => crc32(canonicalJson(event));
