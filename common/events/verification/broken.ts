import type { ChainId } from "../event.ts";

/** The first place where a chain is not what it was. */
export type BrokenAt = {
  chain: ChainId;
  /** The event's place; 0 where no event can be named. */
  sequence: number;
  eventId?: string;
  /** What is wrong, in words for whoever reads it. */
  reason: string;
};

export type Verdict = { valid: boolean; checked: number; brokenAt?: BrokenAt };
