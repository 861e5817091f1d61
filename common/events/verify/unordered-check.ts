import { createHmac, randomBytes } from "node:crypto";
import { digestOf, linkHash } from "../chain/hash.ts";
import { type ChainId, chainName, type StoredEvent } from "../event.ts";

/** An event with what proves its text: its salt, or the digest itself where the text is not at hand. */
export type ProvableEvent = { event: StoredEvent; salt?: string; digest?: string };

/** Where a part of a chain begins and ends: the event before its first, and its last. */
export type ChainSpan = {
  chain: ChainId;
  start: { sequence: number; hash: string };
  end: { sequence: number; hash: string };
};

/** Sequences of a chain, both inclusive, among which something is wrong. */
export type SuspectWindow = { chain: ChainId; from: number; to: number };

export type AnyOrderVerdict = {
  valid: boolean;
  checked: number;
  /** Events whose own hash is not that of their content: the first few. */
  changed: StoredEvent[];
  suspects: SuspectWindow[];
};

const WINDOW = 4_096;
const CHANGED_KEPT = 10;
const MODULUS = 1n << 128n;

const hashOf = ({ event, salt, digest }: ProvableEvent): string => {
  const { sequence, previousHash, epoch, number } = event.chain;
  const proof = digest ?? digestOf(salt ?? "", event);
  return linkHash(event, { epoch, number }, sequence, proof, previousHash);
};

/**
 * Verifies events that come in any order (an export, a list by time) in constant memory: a number for
 * each 4,096 events of a chain. Each event adds a tag of its own place and hash and takes off that of
 * the one before it; if every event is there once, what is left is the end's tag less the start's.
 * Tags are HMACs under a key that is drawn for this run, so nobody can prepare events that cancel out.
 */
export const makeAnyOrderCheck = (key: Uint8Array = randomBytes(32)) => {
  const sums = new Map<string, { chain: ChainId; sums: Map<number, bigint> }>();
  const changed: StoredEvent[] = [];
  let checked = 0;

  const tagOf = (name: string, sequence: number, hash: string): bigint =>
    BigInt(`0x${createHmac("sha256", key).update(`${name}|${sequence}|${hash}`).digest("hex").slice(0, 32)}`);

  const add = (chain: ChainId, sequence: number, hash: string, sign: 1n | -1n): void => {
    const name = chainName(chain);
    const ofChain = sums.get(name) ?? { chain, sums: new Map<number, bigint>() };
    sums.set(name, ofChain);
    const window = Math.floor(sequence / WINDOW);
    const sum = (ofChain.sums.get(window) ?? 0n) + sign * tagOf(name, sequence, hash);
    ofChain.sums.set(window, ((sum % MODULUS) + MODULUS) % MODULUS);
  };

  const addPlace = ({ epoch, number, sequence, hash, previousHash }: StoredEvent["chain"]): void => {
    const chain = { epoch, number };
    checked += 1;
    add(chain, sequence, hash, 1n);
    add(chain, sequence - 1, previousHash, -1n);
  };

  return {
    add: (provable: ProvableEvent): void => {
      const { event } = provable;
      if (hashOf(provable) !== event.chain.hash && changed.length < CHANGED_KEPT) changed.push(event);
      addPlace(event.chain);
    },
    /** Only that the place is taken, once: what stands there is somebody else's to check. */
    addPlace,
    /** Call once, when all were added; chains without a span must have had no event. */
    verdict: (spans: readonly ChainSpan[]): AnyOrderVerdict => {
      for (const { chain, start, end } of spans) {
        add(chain, start.sequence, start.hash, 1n);
        add(chain, end.sequence, end.hash, -1n);
      }
      const suspects = [...sums.values()].flatMap(({ chain, sums: ofChain }) =>
        Array.from(ofChain)
          .filter(([, sum]) => sum !== 0n)
          .map(([window]) => ({ chain, from: window * WINDOW, to: (window + 1) * WINDOW - 1 }))
          .sort((a, b) => a.from - b.from),
      );
      return { valid: suspects.length === 0 && changed.length === 0, checked, changed, suspects };
    },
  };
};

/**
 * The second pass: handed the same events again, keeps those of one suspect window and names the first
 * place that is missing, there twice, or not linked to by the next.
 */
export const makeWindowSearch = ({ chain, from, to }: SuspectWindow) => {
  const places = new Map<number, StoredEvent[]>();
  return {
    add: (event: StoredEvent): void => {
      const { epoch, number, sequence } = event.chain;
      if (epoch !== chain.epoch || number !== chain.number) return;
      // One more at the end, which links to the window's last.
      if (sequence < from || sequence > to + 1) return;
      places.set(sequence, [...(places.get(sequence) ?? []), event]);
    },
    /** `last` is the chain's last sequence, or of the part that is looked at; `first` its first. */
    find: (
      first: number,
      last: number,
    ): { kind: "removed" | "inserted" | "changed"; sequence: number } | undefined => {
      for (let sequence = Math.max(from, first); sequence <= Math.min(to, last); sequence += 1) {
        const [event, another] = places.get(sequence) ?? [];
        if (!event) return { kind: "removed", sequence };
        if (another) return { kind: "inserted", sequence };
        const [next] = places.get(sequence + 1) ?? [];
        if (next && next.chain.previousHash !== event.chain.hash) return { kind: "changed", sequence };
      }
      const beyond = [...places.keys()]
        .filter((sequence) => sequence > last || sequence < first)
        .sort((a, b) => a - b)[0];
      return beyond === undefined ? undefined : { kind: "inserted", sequence: beyond };
    },
  };
};
