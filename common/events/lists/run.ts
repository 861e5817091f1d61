import { pack, packedBytes, unpackText } from "#common/table/packed-json.ts";
import type { Item, ItemValue } from "#common/table/table.ts";
import type { PlacedEvent } from "../chain/block.ts";
import type { RunEntry } from "../event.ts";

/** A write costs 1 unit for each KB begun: details ride along while key and all stay within the first. */
const WITH_DETAIL_BYTES_MAX = 820;

const toEntry = (event: PlacedEvent, withDetail: boolean): RunEntry => {
  const { detail, digest: kept } = event;
  const elsewhere = kept !== undefined || (detail !== undefined && !withDetail);
  return {
    eventId: event.eventId,
    customerId: event.customerId,
    type: event.type,
    description: event.description,
    date: event.date,
    ...(event.actor === undefined ? {} : { actor: event.actor }),
    ...(event.targets === undefined ? {} : { targets: event.targets }),
    recordedAt: event.recordedAt,
    ...(event.recordedBy === undefined ? {} : { recordedBy: event.recordedBy }),
    ...(event.transactionId === undefined ? {} : { transactionId: event.transactionId }),
    sequence: event.sequence,
    hash: event.hash,
    previousHash: event.previousHash,
    ...(detail === undefined || elsewhere ? {} : { detail }),
    ...(elsewhere ? { detailElsewhere: true as const } : {}),
  };
};

/** An event's entry as JSON, made when it is first asked for: it stands in three lists. */
export type EntryTexts = { event: PlacedEvent; whole(): string; lean(): string };

export const entryTexts = (event: PlacedEvent): EntryTexts => {
  let whole: string | undefined;
  let lean: string | undefined;
  const texts: EntryTexts = {
    event,
    lean: () => {
      lean ??= JSON.stringify(toEntry(event, false));
      return lean;
    },
    whole: () => {
      whole ??= event.detail === undefined ? texts.lean() : JSON.stringify(toEntry(event, true));
      return whole;
    },
  };
  return texts;
};

const wholeJson = (texts: readonly EntryTexts[]): string => `[${texts.map(({ whole }) => whole()).join()}]`;
const leanJson = (texts: readonly EntryTexts[]): string => `[${texts.map(({ lean }) => lean()).join()}]`;

/**
 * The entries of a run as JSON, with their details if that stays small enough; `packed` where that had to be
 * tried to know it.
 */
export const runJson = (texts: readonly EntryTexts[]): { json: string; packed?: ItemValue } => {
  if (texts.some(({ event }) => event.detail !== undefined)) {
    const json = wholeJson(texts);
    const packed = pack(json);
    if (packedBytes(packed) <= WITH_DETAIL_BYTES_MAX) return { json, packed };
  }
  return { json: leanJson(texts) };
};

/**
 * What a run of these events may say: with their details and without, since how much zstd makes of a text, which
 * decides between the two, may differ from one release of it to the next.
 */
export const runJsons = (texts: readonly EntryTexts[]): string[] => [wholeJson(texts), leanJson(texts)];

/** The JSON of a run's entries; throws when it cannot be unpacked. */
export const jsonOfRun = (run: Item): string => unpackText(run.entries);

const TEXTS = [
  "eventId",
  "customerId",
  "type",
  "description",
  "date",
  "recordedAt",
  "hash",
  "previousHash",
] as const;

const isEntry = (value: unknown): value is RunEntry => {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  for (const name of TEXTS) if (typeof entry[name] !== "string") return false;
  return typeof entry.sequence === "number" && (entry.targets === undefined || Array.isArray(entry.targets));
};

/** The entries of a run, in the order of their chain: sorting by date is the reader's. Throws when it is none. */
export const entriesOf = (run: Item): RunEntry[] => {
  const entries: unknown = JSON.parse(jsonOfRun(run));
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw new Error("a list's item holds no entries");
  return entries;
};
