import type { Json } from "#common/json/json.ts";
import { pack, unpack } from "#common/table/packed-json.ts";
import type { Item, Table } from "#common/table/table.ts";
import { type BlockEvent, digestOfEvent } from "../chain/block.ts";
import { detailKey } from "../keys.ts";
import { noteUnreadable } from "./unreadable.ts";

/** UTF-8 bytes of a `detail` that stays with its event; a larger one would make every list longer. */
const DETAIL_BYTES_MAX = 4_096;

/**
 * Takes a large detail out of an event: the item to put before the block that holds the event, named by
 * the digest that proves it.
 */
export const withoutLargeDetail = (
  organizationId: string,
  event: BlockEvent,
): { event: BlockEvent; item?: Item } => {
  const { detail, ...rest } = event;
  if (detail === undefined) return { event };
  const json = JSON.stringify(detail);
  if (json.length <= DETAIL_BYTES_MAX && Buffer.byteLength(json) <= DETAIL_BYTES_MAX) return { event };
  const digest = digestOfEvent(event);
  return { event: { ...rest, digest }, item: { ...detailKey(organizationId, digest), detail: pack(json) } };
};

export const detailFromItem = (item: Item): Json => unpack(item.detail) as Json;

/** Large details by their digests; one that is not there, or cannot be read, is not in the answer. */
export const readDetails = async (
  store: Pick<Table, "getMany">,
  organizationId: string,
  digests: readonly string[],
): Promise<Map<string, Json>> => {
  const byKey = new Map(digests.map((digest) => [detailKey(organizationId, digest).pk, digest]));
  const items =
    digests.length === 0
      ? []
      : await store.getMany(digests.map((digest) => detailKey(organizationId, digest)));
  const details = new Map<string, Json>();
  for (const item of items) {
    try {
      details.set(byKey.get(item.pk) ?? "", detailFromItem(item));
    } catch (error) {
      noteUnreadable(organizationId, "a large detail", error);
    }
  }
  return details;
};
