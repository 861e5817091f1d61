import { canonicalJson } from "#common/json/canonical-json.ts";
import type { Item, Table } from "#common/table/table.ts";
import type { Block, PlacedEvent } from "../chain/block.ts";
import { digestOf } from "../chain/hash.ts";
import { derivedItems } from "../lists/derived-items.ts";
import { readDetails } from "../lists/large-detail.ts";
import { entriesOf } from "../lists/run.ts";
import type { ChainFault } from "./verify-block.ts";

/** Large details read at once: 64 KB each. */
const DETAILS_AT_ONCE = 20;

/** Items read at once: an event's own and those of its lists are 1 to 10 KB. */
const ITEMS_AT_ONCE = 100;

/** Checks the large details of a block's events against the digests that name them. */
export const verifyDetails = async (
  store: Table,
  { organizationId, chain, number }: Block,
  events: readonly PlacedEvent[],
): Promise<ChainFault | undefined> => {
  // Whoever takes out a salt to change a text under its old digest: an erased event has no text at all.
  const bare = events.find(
    ({ digest, salt, description, actor, detail }) =>
      digest !== undefined &&
      salt === "" &&
      (description !== "" || actor !== undefined || detail !== undefined),
  );
  if (bare) {
    const { sequence, eventId } = bare;
    return { kind: "detail", chain, block: number, sequence, eventId, message: "no salt proves its text" };
  }
  const apart = events.filter(({ digest, salt }) => digest !== undefined && salt !== "");
  for (let start = 0; start < apart.length; start += DETAILS_AT_ONCE) {
    const part = apart.slice(start, start + DETAILS_AT_ONCE);
    const details = await readDetails(
      store,
      organizationId,
      part.flatMap(({ digest }) => digest ?? []),
    );
    for (const event of part) {
      const detail = details.get(event.digest ?? "");
      const { sequence, eventId, salt } = event;
      const at = { kind: "detail" as const, chain, block: number, sequence, eventId };
      if (detail === undefined) return { ...at, message: "the event's detail is missing" };
      if (digestOf(salt, { ...event, detail }) !== event.digest) {
        return { ...at, message: "the event's detail was changed" };
      }
    }
  }
  return undefined;
};

/** An item without how it is packed: two that are the same to a reader are the same here. */
const meaning = (item: Item): string => {
  const { entries, ...rest } = item;
  return canonicalJson(entries === undefined ? rest : { ...rest, entries: entriesOf(item) });
};

/** Checks what readers see of a finished block: every item that follows from it is there and says the same. */
export const verifyDerived = async (
  store: Table,
  block: Block,
  events: readonly PlacedEvent[],
): Promise<ChainFault | undefined> => {
  const wanted = derivedItems(block, events);
  for (let start = 0; start < wanted.length; start += ITEMS_AT_ONCE) {
    const part = wanted.slice(start, start + ITEMS_AT_ONCE);
    const items = await store.getMany(part, { consistent: true });
    const byKey = new Map(items.map((item) => [`${item.pk}\n${item.sk}`, item]));
    for (const one of part) {
      const there = byKey.get(`${one.pk}\n${one.sk}`);
      if (there && isSame(one, there)) continue;
      const eventId = typeof one.eventId === "string" ? one.eventId : entriesOf(one)[0]?.eventId;
      const placed = events.find((event) => event.eventId === eventId);
      return {
        kind: "list",
        chain: block.chain,
        block: block.number,
        sequence: placed?.sequence ?? block.firstSequence,
        ...(eventId === undefined ? {} : { eventId }),
        message: `${one.pk} ${one.sk} ${there ? "was changed" : "is missing"}`,
      };
    }
  }
  return undefined;
};

/** Whatever cannot even be read was changed. */
const isSame = (wanted: Item, there: Item): boolean => {
  try {
    return meaning(wanted) === meaning(there);
  } catch {
    return false;
  }
};
