import { pack, unpack } from "#common/table/packed-json.ts";
import { bytesOf, type Item, numberOf, textOf } from "#common/table/table.ts";
import type { ChainId } from "../event.ts";
import { blockKey } from "../keys.ts";
import { type Block, type BlockEvent, lastSequence } from "./block.ts";

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
