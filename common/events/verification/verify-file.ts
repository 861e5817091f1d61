import { createHmac, randomBytes } from "node:crypto";
import { chainName } from "../event.ts";
import type { ExportedEvent } from "../export/format.ts";
import { digestOf, genesisHash, linkHash } from "../hash.ts";
import type { AnchoredHead } from "./heads.ts";

/**
 * Proves an export of a whole history, in whatever order it stands, in memory that does not grow with it
 * (but for 32 bytes for each 4,096 events).
 *
 * Each event adds the tag of its own (chain, sequence, hash), and takes off the tag of (chain, sequence −
 * 1, previousHash) modulo 2^128. In a whole chain each tag is once added and once taken off, but for the
 * head's and the start's. The tag is an HMAC under a key that is drawn for this run, so that nobody can
 * prepare a history whose tags add up. Sums are kept for each 4,096 sequences: a second pass looks into
 * the first that is not as it should be, and names the event.
 */

export type FileVerdict = {
  valid: boolean;
  /** Events that stand in a chain up to its head. */
  checked: number;
  /** Events that came after the heads: nothing proves them yet. */
  younger: number;
  /** Events whose text was taken out: their place is proven, their text is not. */
  erased: number;
  faults: string[];
};

const BUCKET = 4_096;
const MODULUS = 1n << 128n;
const FAULTS_MAX = 20;

type Sums = { added: Map<number, bigint>; takenOff: Map<number, bigint>; events: number };

const makeTag = () => {
  const key = randomBytes(32);
  return (chain: string, sequence: number, hash: string): bigint =>
    BigInt(
      `0x${createHmac("sha256", key).update(`${chain} ${sequence} ${hash}`).digest("hex").slice(0, 32)}`,
    );
};

const add = (sums: Map<number, bigint>, sequence: number, tag: bigint): void => {
  const bucket = Math.floor(sequence / BUCKET);
  sums.set(bucket, ((sums.get(bucket) ?? 0n) + tag) % MODULUS);
};

const parse = (line: string): ExportedEvent | undefined => {
  try {
    const event: unknown = JSON.parse(line);
    const isEvent =
      typeof event === "object" &&
      event !== null &&
      "chain" in event &&
      typeof event.chain === "object" &&
      event.chain !== null &&
      "organizationId" in event &&
      typeof event.organizationId === "string" &&
      "sequence" in event.chain &&
      Number.isSafeInteger(event.chain.sequence);
    return isEvent ? (event as ExportedEvent) : undefined;
  } catch {
    return undefined;
  }
};

/** The digest that the event's text has, or what is wrong with it. */
const digestOfLine = (event: ExportedEvent): { digest: string; erased: boolean } | { fault: string } => {
  const { salt = "", digest, description, actor, detail } = event;
  if (salt !== "") return { digest: digestOf(salt, event), erased: false };
  const hasText = description !== "" || actor !== undefined || detail !== undefined;
  if (digest === undefined || hasText) return { fault: "has no salt, so nothing proves its text" };
  return { digest, erased: true };
};

const hashOfLine = (event: ExportedEvent, digest: string): string | undefined => {
  try {
    return linkHash(event, event.chain, event.chain.sequence, digest, event.chain.previousHash);
  } catch {
    return undefined;
  }
};

const nameOf = ({ organizationId, epoch, number }: AnchoredHead): string =>
  `${organizationId} ${chainName({ epoch, number })}`;

/** Which event of a bucket is missing, there twice, or not linked to the one before. */
const lookInto = async (
  lines: AsyncIterable<string>,
  head: AnchoredHead,
  bucket: number,
): Promise<string> => {
  const found = new Map<number, { hash: string; previousHash: string }>();
  const first = Math.max(1, bucket * BUCKET);
  // One more: what links to the bucket's last stands behind it.
  const last = Math.min(head.sequence, (bucket + 1) * BUCKET);
  const name = nameOf(head);
  for await (const line of lines) {
    const event = line === "" ? undefined : parse(line);
    if (!event || `${event.organizationId} ${chainName(event.chain)}` !== name) continue;
    const { sequence, hash, previousHash } = event.chain;
    if (sequence < first - 1 || sequence > last) continue;
    if (found.has(sequence)) return `${name}: number ${sequence} is there twice (${event.eventId})`;
    found.set(sequence, { hash, previousHash });
  }
  let before = first === 1 ? genesisHash(head.organizationId, head) : found.get(first - 1)?.hash;
  for (let sequence = first; sequence <= last; sequence += 1) {
    const event = found.get(sequence);
    if (!event) return `${name}: number ${sequence} is missing`;
    if (before !== undefined && event.previousHash !== before) {
      return `${name}: number ${sequence} does not follow number ${sequence - 1}`;
    }
    before = event.hash;
  }
  return `${name}: number ${head.sequence} is not the head`;
};

/**
 * Whether the lines (NDJSON) are whole histories up to the heads: each event is what its hash says, and
 * each chain is whole and ends in its head. `open` reads the file from its beginning; it is read once,
 * and once more for each fault that has to be found.
 */
export const verifyFile = async (
  open: () => AsyncIterable<string>,
  heads: readonly AnchoredHead[],
  onEvents: (events: number) => void = () => {},
): Promise<FileVerdict> => {
  const tag = makeTag();
  const faults: string[] = [];
  const byName = new Map(heads.map((head) => [nameOf(head), head]));
  const chains = new Map<string, Sums>();
  const verdict = { checked: 0, younger: 0, erased: 0 };
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
    const text = digestOfLine(event);
    if ("fault" in text) {
      fault(`${event.eventId} ${text.fault}`);
      continue;
    }
    const { sequence, hash, previousHash } = event.chain;
    if (hashOfLine(event, text.digest) !== hash) {
      fault(`${event.eventId} is not what its hash says`);
      continue;
    }
    const name = `${event.organizationId} ${chainName(event.chain)}`;
    const head = byName.get(name);
    if (text.erased) verdict.erased += 1;
    if (!head || sequence > head.sequence) {
      verdict.younger += 1;
      continue;
    }
    const sums = chains.get(name) ?? { added: new Map(), takenOff: new Map(), events: 0 };
    chains.set(name, sums);
    add(sums.added, sequence, tag(name, sequence, hash));
    add(sums.takenOff, sequence - 1, tag(name, sequence - 1, previousHash));
    sums.events += 1;
    verdict.checked += 1;
  }

  const organizations = new Set([...chains.keys()].map((name) => name.split(" ")[0]));
  for (const [name, head] of byName) {
    const sums = chains.get(name);
    // Heads of other organizations, and an audit chain that was not asked for, have nothing to do with the file.
    if (!organizations.has(head.organizationId) || (!sums && head.epoch === 0)) continue;
    const { added = new Map<number, bigint>(), takenOff = new Map<number, bigint>() } = sums ?? {};
    add(added, 0, tag(name, 0, genesisHash(head.organizationId, head)));
    add(takenOff, head.sequence, tag(name, head.sequence, head.hash));
    for (let bucket = 0; bucket <= Math.floor(head.sequence / BUCKET); bucket += 1) {
      if ((added.get(bucket) ?? 0n) === (takenOff.get(bucket) ?? 0n)) continue;
      faults.push(await lookInto(open(), head, bucket));
      break;
    }
  }
  if (verdict.checked === 0 && faults.length === 0) faults.push("no event of the file stands before a head");
  return { valid: faults.length === 0, ...verdict, faults };
};
