import type { Item, Table } from "#common/table/table.ts";
import type { Block, PlacedEvent } from "../chain/block.ts";
import { digestOf } from "../chain/hash.ts";
import { eventKey } from "../keys.ts";
import { saysTheSame } from "../lists/block-proof.ts";
import type { Run } from "../lists/derived-items.ts";
import { eventToItem, isSameItem } from "../lists/event-item.ts";
import { readDetails } from "../lists/large-detail.ts";
import type { ChainFault } from "./verify-block.ts";

/** Large details read at once: 64 KB each. */
const DETAILS_AT_ONCE = 20;

/** Event items read at once: 1 KB mostly. */
const ITEMS_AT_ONCE = 500;

/** List rows read at once: up to 10 KB. */
const ROWS_AT_ONCE = 100;

/** Checks the large details of a block's events against the digests that name them. */
export const verifyDetails = async (
  store: Table,
  { organizationId, chain, number }: Block,
  events: readonly PlacedEvent[],
): Promise<ChainFault | undefined> => {
  // A text whose salt was taken out could be changed under its old digest; an erased event has no text at all.
  const bare = events.find(
    ({ digest, salt, description, actor, targets, detail }) =>
      digest !== undefined &&
      salt === "" &&
      (description !== "" || actor !== undefined || targets !== undefined || detail !== undefined),
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
      if (detail === undefined) return { ...at, message: "the event's detail is missing, or cannot be read" };
      if (digestOf(salt, { ...event, detail }) !== event.digest) {
        return { ...at, message: "the event's detail was changed" };
      }
    }
  }
  return undefined;
};

/** Checks that each event of a finished block has its own item, and that it says what the block says. */
export const verifyEventItems = async (
  store: Table,
  { organizationId, chain, number }: Block,
  events: readonly PlacedEvent[],
): Promise<ChainFault | undefined> => {
  for (let start = 0; start < events.length; start += ITEMS_AT_ONCE) {
    const part = events.slice(start, start + ITEMS_AT_ONCE);
    const keys = part.map(({ eventId }) => eventKey(organizationId, eventId));
    const items = await store.getMany(keys, { consistent: true });
    const byKey = new Map<string, Item>(items.map((item) => [item.pk, item]));
    for (const event of part) {
      const wanted = eventToItem(organizationId, chain, number, event);
      const there = byKey.get(wanted.pk);
      if (there && isSameItem(wanted, there)) continue;
      const { sequence, eventId } = event;
      const message = `the event's own item ${there ? "was changed" : "is missing"}`;
      return { kind: "list", chain, block: number, sequence, eventId, message };
    }
  }
  return undefined;
};

const isSameRow = (row: Item, { events }: Run): boolean => {
  try {
    return saysTheSame(row, events);
  } catch {
    return false;
  }
};

const keyText = ({ pk, sk }: { pk: string; sk: string }): string => `${pk}\n${sk}`;

/** Checks that rows which a finished block makes are there and say what it says; `runs` are those of the block. */
export const verifyRows = async (
  store: Table,
  { chain, number, firstSequence }: Block,
  runs: readonly Run[],
): Promise<ChainFault | undefined> => {
  for (let start = 0; start < runs.length; start += ROWS_AT_ONCE) {
    const part = runs.slice(start, start + ROWS_AT_ONCE);
    const keys = part.map(({ pk, sk }) => ({ pk, sk }));
    const rows = await store.getMany(keys, { consistent: true });
    const byKey = new Map(rows.map((row) => [keyText(row), row]));
    for (const run of part) {
      const row = byKey.get(keyText(run));
      if (row && isSameRow(row, run)) continue;
      const { sequence = firstSequence, eventId } = run.events[0]?.event ?? {};
      const message = `${run.pk} ${run.sk} ${row ? "was changed" : "is missing"}`;
      return { kind: "list", chain, block: number, sequence, ...(eventId ? { eventId } : {}), message };
    }
  }
  return undefined;
};
