import type { Json } from "#common/events/event.ts";
import { OutOfTime, untilTime } from "#common/events/jobs/time-limit.ts";
import type { EventStore } from "#common/events/store.ts";
import type { Verdict } from "#common/events/verification/broken.ts";
import type { Place } from "#common/events/verification/check-block.ts";
import { verdictOf, verifyChains } from "#common/events/verification/verify-chains.ts";
import type { JobWork } from "./work-on-job.ts";

export type VerifyHistoryDeps = {
  store: Pick<EventStore, "get" | "getMany" | "queryPage">;
  now: () => number;
  /** Milliseconds between two checkpoints. */
  checkpointMs?: number;
};

type Checkpoint = { place: Place; checked: number };

const CHECKPOINT_MS = 15_000;

const toJson = (value: Checkpoint | Verdict): Json => JSON.parse(JSON.stringify(value)) as Json;

/** Verifies an organization's chains; goes on from the last block that was checked. */
export const makeVerifyHistory = ({
  store,
  now,
  checkpointMs = CHECKPOINT_MS,
}: VerifyHistoryDeps): JobWork => ({
  work: async (job, control) => {
    const start = job.checkpoint as unknown as Checkpoint | undefined;
    let reached: Checkpoint | undefined = start;
    let keptAt = now();
    const keep = async (): Promise<void> => {
      if (reached) await control.checkpoint(toJson(reached));
      keptAt = now();
    };
    try {
      const steps = verifyChains(untilTime(store, control.until, now), job.organizationId, start?.place);
      const verdict = await verdictOf(steps, {
        checked: start?.checked ?? 0,
        onStep: async ({ place, events }) => {
          reached = { place, checked: (reached?.checked ?? 0) + events };
          if (now() - keptAt >= checkpointMs) await keep();
        },
      });
      return toJson(verdict);
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
      // Without a block more this attempt came nowhere, and counts as one that failed.
      if (reached !== start) await keep();
      return undefined;
    }
  },

  clear: async () => {},
});
