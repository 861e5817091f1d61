import type { AnchoredHead } from "../anchors/heads.ts";
import { genesisHash } from "../chain/hash.ts";
import { chainName } from "../event.ts";
import type { ExportedEvent } from "../export/formats.ts";
import { makeAnyOrderCheck } from "./unordered-check.ts";
import { makeWindowSearch, type SuspectWindow } from "./window-search.ts";

export type FileVerdict = {
  valid: boolean;
  /** Events that stand in a chain up to its head. */
  checked: number;
  /** Events that came after the heads: nothing proves them yet. */
  younger: number;
  /** Events whose text was taken out: their place is proven, their text is not. */
  erased: number;
  /** The first few, in words. */
  faults: string[];
};

const FAULTS_MAX = 20;

const WORDS = {
  removed: "is missing",
  inserted: "is there twice, or beyond the head",
  changed: "is not what the next one follows",
} as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** An event that has a place; whether it is the event of that place is what its hash says. */
const parse = (line: string): ExportedEvent | undefined => {
  try {
    const event: unknown = JSON.parse(line);
    if (!isObject(event) || !isObject(event.chain) || typeof event.organizationId !== "string")
      return undefined;
    const { epoch, number, sequence } = event.chain;
    return [epoch, number, sequence].every(Number.isSafeInteger) ? (event as ExportedEvent) : undefined;
  } catch {
    return undefined;
  }
};

const hasText = ({ description, actor, targets, detail }: ExportedEvent): boolean =>
  description !== "" || actor !== undefined || targets !== undefined || detail !== undefined;

const nameOf = ({ organizationId, epoch, number }: AnchoredHead): string =>
  `${organizationId} ${chainName({ epoch, number })}`;

type Search = { head: AnchoredHead; windows: SuspectWindow[] };

/** The second pass: names what is wrong first in each chain. */
const lookInto = async (
  open: () => AsyncIterable<string>,
  searches: readonly Search[],
): Promise<string[]> => {
  const running = searches.map(({ head, windows }) => ({
    head,
    all: windows.map(makeWindowSearch),
  }));
  for await (const line of open()) {
    const event = parse(line);
    if (!event) continue;
    for (const { head, all } of running) {
      if (event.organizationId !== head.organizationId || event.chain.sequence > head.sequence) continue;
      for (const search of all) search.add(event);
    }
  }
  return running.map(({ head, all }) => {
    const [found] = all.flatMap((search) => search.find(1, head.sequence) ?? []);
    return found
      ? `${nameOf(head)}: number ${found.sequence} ${WORDS[found.kind]}`
      : `${nameOf(head)}: number ${head.sequence} is not the head`;
  });
};

/**
 * Whether the lines (NDJSON) are whole histories up to the heads, in whatever order they stand: each event
 * is what its hash says, and each chain is whole and ends in its head. Memory does not grow with the file,
 * but for a number for each 4,096 events. `open` reads the file from its beginning: once, and once more
 * where something is wrong, to name it.
 */
export const verifyFile = async (
  open: () => AsyncIterable<string>,
  heads: readonly AnchoredHead[],
  onEvents: (events: number) => void = () => {},
): Promise<FileVerdict> => {
  const faults: string[] = [];
  const byName = new Map(heads.map((head) => [nameOf(head), head]));
  const checks = new Map<string, ReturnType<typeof makeAnyOrderCheck>>();
  const seen = new Set<string>();
  const counts = { checked: 0, younger: 0, erased: 0 };
  let number = 0;

  for await (const line of open()) {
    number += 1;
    if (number % 10_000 === 0) onEvents(number);
    if (line === "") continue;
    const fault = (what: string): void => {
      if (faults.length < FAULTS_MAX) faults.push(`line ${number}: ${what}`);
    };
    const event = parse(line);
    if (!event) {
      fault("is no event");
      continue;
    }
    const { salt = "", digest, organizationId, chain } = event;
    const isErased = salt === "" && digest !== undefined && !hasText(event);
    if (salt === "" && !isErased) fault(`${event.eventId} has no salt, so nothing proves its text`);
    const name = `${organizationId} ${chainName(chain)}`;
    const head = byName.get(name);
    const isYounger = !head || chain.sequence > head.sequence;
    // A check of its own for what no head proves: it checks that the event is what its hash says.
    const check = isYounger ? makeAnyOrderCheck() : (checks.get(organizationId) ?? makeAnyOrderCheck());
    try {
      check.add({ event, ...(isErased ? { digest } : { salt }) });
    } catch {
      fault(`${event.eventId} is not what its hash says`);
      continue;
    }
    if (isErased) counts.erased += 1;
    if (isYounger) {
      counts.younger += 1;
      if (check.verdict([]).changed.length > 0) fault(`${event.eventId} is not what its hash says`);
      continue;
    }
    checks.set(organizationId, check);
    seen.add(name);
    counts.checked += 1;
  }

  const searches: Search[] = [];
  for (const [organizationId, check] of checks) {
    // An audit chain that was not asked for has nothing to do with the file.
    const own = heads.filter(
      (head) => head.organizationId === organizationId && (head.epoch !== 0 || seen.has(nameOf(head))),
    );
    const spans = own.map(({ epoch, number: chain, sequence, hash }) => ({
      chain: { epoch, number: chain },
      start: { sequence: 0, hash: genesisHash(organizationId, { epoch, number: chain }) },
      end: { sequence, hash },
    }));
    const { changed, suspects } = check.verdict(spans);
    faults.push(...changed.map(({ eventId }) => `${eventId} is not what its hash says`));
    for (const head of own) {
      // An event at a window's edge is missed in the one and linked to in the next: two are looked into.
      const windows = suspects
        .filter(({ chain }) => chain.epoch === head.epoch && chain.number === head.number)
        .slice(0, 2);
      if (windows.length > 0) searches.push({ head, windows });
    }
  }
  if (searches.length > 0) faults.push(...(await lookInto(open, searches)));
  if (counts.checked === 0 && faults.length === 0) faults.push("no event of the file stands before a head");
  return { valid: faults.length === 0, ...counts, faults: faults.slice(0, FAULTS_MAX) };
};
