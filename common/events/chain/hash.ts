import { createHash, hash } from "node:crypto";
import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Json } from "#common/json/json.ts";
import { type ChainId, chainName } from "../event.ts";

/** The text of an event: what may be private, and enters the chain as a salted digest only. */
export type EventText = { description: string; actor?: string; detail?: Json };

/** What enters the chain as it is. */
export type ChainedFields = {
  organizationId: string;
  eventId: string;
  customerId: string;
  type: string;
  date: string;
  recordedAt: string;
};

/** SHA-256(salt ‖ RFC 8785 of { actor, description, detail }), base64url. The salt counts as its 16 bytes. */
export const digestOf = (salt: string, { description, actor, detail }: EventText): string =>
  createHash("sha256")
    .update(Buffer.from(salt, "base64url"))
    .update(canonicalJson({ actor, description, detail }))
    .digest("base64url");

/**
 * SHA-256(RFC 8785 of the fields, chain, sequence and digest ‖ previousHash), base64url; previousHash
 * counts as its 43 characters.
 */
export const linkHash = (
  fields: ChainedFields,
  chain: ChainId,
  sequence: number,
  digest: string,
  previousHash: string,
): string => {
  const { organizationId, eventId, customerId, type, date, recordedAt } = fields;
  const linked = {
    chain: chainName(chain),
    customerId,
    date,
    digest,
    eventId,
    organizationId,
    recordedAt,
    sequence,
    type,
  };
  return hash("sha256", canonicalJson(linked) + previousHash, "base64url");
};

/** What the first event of a chain links to when no earlier epoch does: bound to the organization and the chain. */
export const genesisHash = (organizationId: string, chain: ChainId): string =>
  hash("sha256", canonicalJson({ chain: chainName(chain), organizationId }), "base64url");

/** Which of `count` chains an event id belongs to: fixed by the id, so that one id can never enter two. */
export const chainNumberOf = (eventId: string, count: number): number =>
  hash("sha256", eventId, "buffer").readUInt32BE(0) % count;
