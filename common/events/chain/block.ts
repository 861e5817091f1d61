import { crc32 } from "node:zlib";
import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Json } from "#common/json/json.ts";
import { pack, unpack } from "#common/table/packed-json.ts";
import { bytesOf, type Item, numberOf, textOf } from "#common/table/table.ts";
import type { ChainId, EventMessage, Link } from "../event.ts";
import { blockKey } from "../keys.ts";
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
  detail?: Json;
  recordedAt: string;
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
  /** CRC-32 of each event: proves nothing, but tells which event of a changed block is not what it was. */
  checksums: number[];
};

export type PlacedEvent = BlockEvent & Link;

export const lastSequence = ({ firstSequence, events }: Block): number => firstSequence + events.length - 1;

export const toBlockEvent = (message: EventMessage): BlockEvent => {
  const { eventId, customerId, type, description, date, actor, detail, recordedAt, salt } = message;
  return {
    eventId,
    customerId,
    type,
    description,
    date,
    ...(actor === undefined ? {} : { actor }),
    ...(detail === undefined ? {} : { detail }),
    recordedAt,
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

const toBytes = (checksums: readonly number[]): Uint8Array => {
  const bytes = Buffer.alloc(checksums.length * 4);
  for (const [index, checksum] of checksums.entries()) bytes.writeUInt32BE(checksum, index * 4);
  return bytes;
};

const fromBytes = (bytes: Uint8Array): number[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(buffer.length / 4) }, (_, index) => buffer.readUInt32BE(index * 4));
};

export const blockToItem = (block: Block): Item => ({
  ...blockKey(block.organizationId, block.chain, block.number),
  number: block.number,
  firstSequence: block.firstSequence,
  lastSequence: lastSequence(block),
  previousHash: block.previousHash,
  hash: block.hash,
  events: pack(JSON.stringify(block.events)),
  checksums: toBytes(block.checksums),
});

/** The block of an item; says nothing of whether it is whole and right, which verifying does. */
export const blockFromItem = (organizationId: string, chain: ChainId, item: Item): Block => ({
  organizationId,
  chain,
  number: numberOf(item, "number"),
  firstSequence: numberOf(item, "firstSequence"),
  previousHash: textOf(item, "previousHash"),
  hash: textOf(item, "hash"),
  events: unpack(item.events) as BlockEvent[],
  checksums: fromBytes(bytesOf(item, "checksums")),
});
