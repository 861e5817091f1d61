import { AppError } from "#common/errors/app-error.ts";
import type { Answer } from "../answer.ts";
import type { Asked, AskVendor, Outcome } from "./ask-vendor.ts";
import type { VendorState } from "./vendor-state.ts";

export type AskAllDeps = {
  ask: AskVendor;
  state: VendorState;
  /** The vendor's secret; `fresh` reads it anew. */
  secret: (fresh: boolean) => Promise<string>;
  /** Transactions that may be asked about in a month; undefined: any number. */
  monthlyMax: number | undefined;
};

/** What became of a question, in the order in which they were asked. */
export type Reply =
  /** `answer` is undefined for what the vendor does not know. */
  | { kind: "answered"; answer: Answer | undefined }
  /** The vendor does not take this one. */
  | { kind: "refused"; error: AppError }
  /** The month's number is reached: rules alone. */
  | { kind: "spent" }
  /** To be asked again. */
  | { kind: "open" };

export type Replies = {
  replies: Reply[];
  /** There where some are open: why, and when to ask again. */
  pause?: Pause;
};

export type Pause = {
  reason: string;
  /** What the vendor or the breaker asks for; absent: as the number of tries says. */
  seconds?: number;
  /** Whether the try counts: it does not where somebody else's recovery is waited for. */
  counts: boolean;
  /** Whether a person should look: the breaker opened just now, or the vendor does not take the secret. */
  alarm: boolean;
};

/** A secret that is wrong is changed by a person. */
const LOCKED_SECONDS = 300;

const OPEN: Reply = { kind: "open" };

const refused = (reason: string): Reply => ({
  kind: "refused",
  error: new AppError("CLEANSING_REFUSED", { internal: reason }),
});

/**
 * Asks the vendor about up to 100 transactions. What it refuses is halved until the one is alone that it does not
 * take. Nothing is asked while the breaker is open, or beyond the month's number.
 */
export const makeAskAll = ({ ask, state, secret, monthlyMax }: AskAllDeps) => {
  const call = async (asked: readonly Asked[], purpose: string): Promise<Outcome> => {
    const outcome = await ask(asked, await secret(false), purpose);
    return outcome.kind === "locked" ? ask(asked, await secret(true), purpose) : outcome;
  };

  const attempt = async (asked: readonly Asked[], purpose: string): Promise<Replies> => {
    const turn = await state.turn();
    const open = asked.map(() => OPEN);
    if (!turn.admitted) {
      const seconds = Math.ceil(turn.waitMs / 1000);
      return {
        replies: open,
        pause: { reason: "the breaker is open", seconds, counts: false, alarm: false },
      };
    }
    const outcome = await call(asked, purpose);
    if (outcome.kind === "failed") {
      const { opened } = await state.failed(turn.probe);
      const { reason, retryAfterSeconds: seconds } = outcome;
      const counts = !turn.probe;
      return {
        replies: open,
        pause: { reason, counts, alarm: opened, ...(seconds === undefined ? {} : { seconds }) },
      };
    }
    await state.answered();
    switch (outcome.kind) {
      case "answered":
        return { replies: outcome.answers.map((answer): Reply => ({ kind: "answered", answer })) };
      case "locked":
        return {
          replies: open,
          pause: { reason: outcome.reason, seconds: LOCKED_SECONDS, counts: false, alarm: true },
        };
      case "refused": {
        if (asked.length <= 1) return { replies: asked.map(() => refused(outcome.reason)) };
        const half = Math.ceil(asked.length / 2);
        const first = await attempt(asked.slice(0, half), purpose);
        const rest = asked.slice(half);
        if (first.pause) return { ...first, replies: [...first.replies, ...rest.map(() => OPEN)] };
        const second = await attempt(rest, purpose);
        return { ...second, replies: [...first.replies, ...second.replies] };
      }
    }
  };

  /** `purpose` is equal for repeats of one question, and part of the idempotency key. */
  return async (asked: readonly Asked[], purpose: string): Promise<Replies> => {
    if (asked.length === 0) return { replies: [] };
    if (monthlyMax === undefined) return attempt(asked, purpose);
    const { granted, month } = await state.take(asked.length, monthlyMax);
    const { replies, pause }: Replies =
      granted === 0 ? { replies: [] } : await attempt(asked.slice(0, granted), purpose);
    await state.giveBack(month, replies.filter(({ kind }) => kind !== "answered").length);
    const spent = asked.slice(granted).map((): Reply => ({ kind: "spent" }));
    return { replies: [...replies, ...spent], ...(pause === undefined ? {} : { pause }) };
  };
};

export type AskAll = ReturnType<typeof makeAskAll>;
