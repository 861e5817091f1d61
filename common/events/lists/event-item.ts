import type { Json } from "#common/json/json.ts";
import { type Item, numberOf, optionalTextOf, textOf } from "#common/table/table.ts";
import type { PlacedEvent } from "../chain/block.ts";
import type { ChainId, StoredEvent } from "../event.ts";
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
  ...(event.detail === undefined ? {} : { detail: JSON.stringify(event.detail) }),
  ...(event.digest === undefined ? {} : { digest: event.digest }),
  recordedAt: event.recordedAt,
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
  const detail = optionalTextOf(item, "detail");
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
      ...(detail === undefined ? {} : { detail: JSON.parse(detail) as Json }),
      recordedAt: textOf(item, "recordedAt"),
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
