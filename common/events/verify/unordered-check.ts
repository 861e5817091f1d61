import { hash, randomBytes } from "node:crypto";
import { digestOf, linkHash } from "../chain/hash.ts";
import { type ChainId, chainName, type StoredEvent } from "../event.ts";
import type { SuspectWindow } from "./window-search.ts";

/** An event with what proves its text: its salt, or the digest itself where the text is not available. */
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

/** Sums are kept as four numbers modulo 2^32: 128 bits. */
const LANES = 4;

const hashOf = ({ event, salt, digest }: ProvableEvent): string => {
  const { sequence, previousHash, epoch, number } = event.chain;
  const proof = digest ?? digestOf(salt ?? "", event);
  return linkHash(event, { epoch, number }, sequence, proof, previousHash);
};

/** The sums of a chain, and the neighbours that came one after the other at last. */
type ChainSums = {
  chain: ChainId;
  windows: Map<number, Uint32Array>;
  last?: { sequence: number; hash: string };
};

/**
 * Verifies events that come in any order (an export, a list by time) in constant memory: a number for
 * each 4,096 events of a chain. Each event adds a tag of its own place and hash and takes off that of
 * the one before it; if every event is there once, what is left is the end's tag less the start's.
 * Tags are hashes with a key that is drawn for this run, so events that cancel out cannot be prepared. Where events
 * come in the order of their chain, what one adds and the next takes off is the same, and neither is computed.
 */
export const makeAnyOrderCheck = (key: string = randomBytes(32).toString("base64")) => {
  const chains = new Map<string, ChainSums>();
  const changed: StoredEvent[] = [];
  let checked = 0;

  const sumsOf = (chain: ChainId): ChainSums => {
    const name = chainName(chain);
    const known = chains.get(name);
    if (known) return known;
    const sums: ChainSums = { chain, windows: new Map() };
    chains.set(name, sums);
    return sums;
  };

  const add = ({ chain, windows }: ChainSums, sequence: number, hashed: string, sign: 1 | -1): void => {
    const window = Math.floor(sequence / WINDOW);
    const sum = windows.get(window) ?? new Uint32Array(LANES);
    windows.set(window, sum);
    const tag = hash("sha256", `${key}|${chainName(chain)}|${sequence}|${hashed}`, "hex");
    for (let lane = 0; lane < LANES; lane += 1) {
      sum[lane] = (sum[lane] ?? 0) + sign * Number.parseInt(tag.slice(lane * 8, lane * 8 + 8), 16);
    }
  };

  /** Adds the tag that the neighbours at last have left to be added. */
  const settle = (sums: ChainSums): void => {
    if (sums.last) add(sums, sums.last.sequence, sums.last.hash, 1);
    delete sums.last;
  };

  return {
    add: (provable: ProvableEvent): void => {
      const { event } = provable;
      if (hashOf(provable) !== event.chain.hash && changed.length < CHANGED_KEPT) changed.push(event);
      const { epoch, number, sequence, hash: hashed, previousHash } = event.chain;
      checked += 1;
      const sums = sumsOf({ epoch, number });
      const { last } = sums;
      if (last?.sequence !== sequence - 1 || last.hash !== previousHash) {
        settle(sums);
        add(sums, sequence - 1, previousHash, -1);
      }
      sums.last = { sequence, hash: hashed };
    },
    /** Call once, when all were added; chains without a span must have had no event. */
    verdict: (spans: readonly ChainSpan[]): AnyOrderVerdict => {
      for (const { chain, start, end } of spans) {
        add(sumsOf(chain), start.sequence, start.hash, 1);
        add(sumsOf(chain), end.sequence, end.hash, -1);
      }
      const suspects = [...chains.values()].flatMap((sums) => {
        settle(sums);
        return Array.from(sums.windows)
          .filter(([, sum]) => sum.some((lane) => lane !== 0))
          .map(([window]) => ({ chain: sums.chain, from: window * WINDOW, to: (window + 1) * WINDOW - 1 }))
          .sort((a, b) => a.from - b.from);
      });
      return { valid: suspects.length === 0 && changed.length === 0, checked, changed, suspects };
    },
  };
};
