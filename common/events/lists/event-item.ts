import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Json } from "#common/json/json.ts";
import { type Item, numberOf, optionalTextOf, textOf } from "#common/table/table.ts";
import type { PlacedEvent } from "../chain/block.ts";
import type { ChainId, StoredEvent, Target } from "../event.ts";
import { eventKey } from "../keys.ts";

/** An event's own item: what `GET /events/{eventId}` reads. */
export type EventItem = {
  /** Without `detail` when that is kept apart. */
  event: StoredEvent;
  block: number;
  salt: string;
  /** Names the item of a large detail (`detailKey`), or stands for erased text. */
  digest?: string;
};

export const eventToItem = (
  organizationId: string,
  chain: ChainId,
  block: number,
  event: PlacedEvent,
): Item => ({
  ...eventKey(organizationId, event.eventId),
  eventId: event.eventId,
  customerId: event.customerId,
  type: event.type,
  description: event.description,
  date: event.date,
  ...(event.actor === undefined ? {} : { actor: event.actor }),
  ...(event.targets === undefined ? {} : { targets: JSON.stringify(event.targets) }),
  ...(event.detail === undefined ? {} : { detail: JSON.stringify(event.detail) }),
  ...(event.digest === undefined ? {} : { digest: event.digest }),
  recordedAt: event.recordedAt,
  ...(event.recordedBy === undefined ? {} : { recordedBy: event.recordedBy }),
  ...(event.transactionId === undefined ? {} : { transactionId: event.transactionId }),
  salt: event.salt,
  epoch: chain.epoch,
  chain: chain.number,
  block,
  sequence: event.sequence,
  hash: event.hash,
  previousHash: event.previousHash,
});

export const eventFromItem = (organizationId: string, item: Item): EventItem => {
  const actor = optionalTextOf(item, "actor");
  const targets = optionalTextOf(item, "targets");
  const detail = optionalTextOf(item, "detail");
  const recordedBy = optionalTextOf(item, "recordedBy");
  const transactionId = optionalTextOf(item, "transactionId");
  const digest = optionalTextOf(item, "digest");
  return {
    event: {
      eventId: textOf(item, "eventId"),
      organizationId,
      customerId: textOf(item, "customerId"),
      type: textOf(item, "type"),
      description: textOf(item, "description"),
      date: textOf(item, "date"),
      ...(actor === undefined ? {} : { actor }),
      ...(targets === undefined ? {} : { targets: JSON.parse(targets) as Target[] }),
      ...(detail === undefined ? {} : { detail: JSON.parse(detail) as Json }),
      recordedAt: textOf(item, "recordedAt"),
      ...(recordedBy === undefined ? {} : { recordedBy }),
      ...(transactionId === undefined ? {} : { transactionId }),
      chain: {
        epoch: numberOf(item, "epoch"),
        number: numberOf(item, "chain"),
        sequence: numberOf(item, "sequence"),
        hash: textOf(item, "hash"),
        previousHash: textOf(item, "previousHash"),
      },
    },
    block: numberOf(item, "block"),
    salt: textOf(item, "salt"),
    ...(digest === undefined ? {} : { digest }),
  };
};

/** Attributes that hold JSON: the same value may be written in more than one way. */
const JSON_ATTRIBUTES: ReadonlySet<string> = new Set(["targets", "detail"]);

const isSameJson = (one: unknown, other: unknown): boolean => {
  if (typeof one !== "string" || typeof other !== "string") return false;
  try {
    return canonicalJson(JSON.parse(one)) === canonicalJson(JSON.parse(other));
  } catch {
    return false;
  }
};

/** Whether an event's item says what the other says, attribute by attribute, and no more. */
export const isSameItem = (wanted: Item, there: Item): boolean => {
  let count = 0;
  for (const name in wanted) {
    count += 1;
    if (wanted[name] === there[name]) continue;
    if (!JSON_ATTRIBUTES.has(name) || !isSameJson(wanted[name], there[name])) return false;
  }
  for (const _ in there) count -= 1;
  return count === 0;
};
