import type { Json } from "#common/json/json.ts";

/** Bounds of what an event may hold; the schemas and the docs take them from here. */
export const EVENT_LIMITS = {
  typeLength: 100,
  descriptionLength: 1_000,
  actorLength: 255,
  /** UTF-8 bytes of `detail` as JSON text. */
  detailBytes: 65_536,
  targets: 10,
  targetTypeLength: 100,
  targetIdLength: 255,
  targetNameLength: 255,
  /** How far ahead of the clock a `date` may be. */
  aheadSeconds: 300,
} as const;

/** Type and customer of the events that record reads and changes; this type cannot be posted. */
export const AUDIT_TYPE = "audit";
export const AUDIT_CUSTOMER_ID = "-";

/** What an event was done to, beside the customer: an account, a document. Its type holds no `:`. */
export type Target = { type: string; id: string; name?: string };

/** Type of the targets by which an audit event names the customers that it is about. */
export const CUSTOMER_TARGET = "customer";

/** An event as it is posted. */
export type NewEvent = {
  eventId?: string;
  customerId: string;
  type: string;
  description: string;
  /** When it happened; now if it is not said. */
  date?: string;
  actor?: string;
  targets?: Target[];
  detail?: Json;
};

/**
 * What stands on the queue `events`: an event with all that is drawn for it, so that every delivery of
 * the message has the same. Times are UTC with milliseconds (`2025-01-31T12:00:00.000Z`).
 */
export type EventMessage = {
  organizationId: string;
  eventId: string;
  customerId: string;
  type: string;
  description: string;
  date: string;
  actor?: string;
  /** One or more; absent where there are none. */
  targets?: Target[];
  detail?: Json;
  recordedAt: string;
  /** The `sub` of the token that posted it, or the function that made it; events of before have none. */
  recordedBy?: string;
  /** Of the request that posted or caused it. Stands beside the hash; events of before have none. */
  transactionId?: string;
  /** 16 random bytes, base64url: without them a text could be guessed from its digest. */
  salt: string;
  /** `date` was not posted but set to the clock: the same event posted again has another, and is still the same. */
  dateIsDefault?: true;
  /** Goes on the audit chain, apart from the events. Its id must be the platform's own, never a caller's. */
  audit?: true;
};

/** A chain of an organization. Epoch 0 holds the audit chain and nothing else; events start in epoch 1. */
export type ChainId = { epoch: number; number: number };

export const AUDIT_CHAIN: ChainId = { epoch: 0, number: 0 };

export const isAuditChain = ({ epoch }: ChainId): boolean => epoch === AUDIT_CHAIN.epoch;

/** `1-7`: chain 7 of epoch 1. Stands in keys and in every hash. */
export const chainName = ({ epoch, number }: ChainId): string => `${epoch}-${number}`;

/** Where an event stands, and what proves it. Hashes are SHA-256, base64url. */
export type Link = { sequence: number; hash: string; previousHash: string };

/** An event as the API answers it. */
export type StoredEvent = {
  eventId: string;
  organizationId: string;
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
  chain: ChainId & Link;
};

/** What a run (a list's item) holds of each event. */
export type RunEntry = {
  eventId: string;
  customerId: string;
  type: string;
  description: string;
  date: string;
  actor?: string;
  targets?: Target[];
  recordedAt: string;
  recordedBy?: string;
  transactionId?: string;
  sequence: number;
  hash: string;
  previousHash: string;
  /** Only where the run stays small enough. */
  detail?: Json;
  /** The event has a `detail` that is not here but in the event's own item. */
  detailElsewhere?: true;
};

/** A run's entry as the API answers it; complete unless the entry's detail is elsewhere. */
export const fromRunEntry = (organizationId: string, chain: ChainId, entry: RunEntry): StoredEvent => {
  const { sequence, hash, previousHash, detailElsewhere: _, ...event } = entry;
  return {
    eventId: event.eventId,
    organizationId,
    customerId: event.customerId,
    type: event.type,
    description: event.description,
    date: event.date,
    ...(event.actor === undefined ? {} : { actor: event.actor }),
    ...(event.targets === undefined ? {} : { targets: event.targets }),
    ...(event.detail === undefined ? {} : { detail: event.detail }),
    recordedAt: event.recordedAt,
    ...(event.recordedBy === undefined ? {} : { recordedBy: event.recordedBy }),
    ...(event.transactionId === undefined ? {} : { transactionId: event.transactionId }),
    chain: { ...chain, sequence, hash, previousHash },
  };
};
