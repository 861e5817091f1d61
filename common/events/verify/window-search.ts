import type { ChainId, StoredEvent } from "../event.ts";

/** Sequences of a chain, both inclusive, among which something is wrong. */
export type SuspectWindow = { chain: ChainId; from: number; to: number };

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
