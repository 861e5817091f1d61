import { createHmac, randomBytes } from "node:crypto";
import { digestOf, linkHash } from "../chain/hash.ts";
import { type ChainId, chainName, type StoredEvent } from "../event.ts";
import type { SuspectWindow } from "./window-search.ts";

/** An event with what proves its text: its salt, or the digest itself where the text is not at hand. */
export type ProvableEvent = { event: StoredEvent; salt?: string; digest?: string };

/** Where a part of a chain begins and ends: the event before its first, and its last. */
export type ChainSpan = {
  chain: ChainId;
  start: { sequence: number; hash: string };
  end: { sequence: number; hash: string };
};

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
