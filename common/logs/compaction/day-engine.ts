import { createHash } from "node:crypto";
import { wait } from "#common/async/wait.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { LakeEngine, LakeEngines } from "../query/lake-engine.ts";
import type { DayEngine } from "./compact-day.ts";
import type { DayState, LogDay } from "./day.ts";
import { checkStatement, type GenerationPlace, unloadStatement } from "./generation-sql.ts";

const POLL_FIRST_MS = 200;
const POLL_MAX_MS = 5_000;

/** The same for each attempt at one generation, so that Athena writes it once. Its limit is 32 to 128 characters. */
const tokenOf = (environment: string, { organizationId, logType, day }: LogDay, number: number): string =>
  createHash("sha256")
    .update(["unload", environment, organizationId, logType, day, number].join(" "))
    .digest("hex");

const ended = async (engine: LakeEngine, executionId: string): Promise<void> => {
  for (let pause = POLL_FIRST_MS; ; pause = Math.min(pause * 1.5, POLL_MAX_MS)) {
    const { state, reason } = await engine.status(executionId);
    if (state === "succeeded") return;
    if (state === "failed" || state === "cancelled") {
      throw new AppError("DEPENDENCY_FAILED", { internal: `query ${state}: ${reason ?? "no reason"}` });
    }
    await wait(pause);
  }
};

/** Athena as the compaction of days uses it, in a session of the day's organization. */
export const dayEngine = (place: GenerationPlace, engines: LakeEngines): DayEngine => {
  const engineOf = ({ organizationId, logType }: LogDay): Promise<LakeEngine> =>
    engines({ organizationId, readsEvents: logType === "events" });

  return {
    unload: async (day: LogDay, drawn: DayState) => {
      const engine = await engineOf(day);
      const token = tokenOf(place.environment, day, drawn.drawn);
      await ended(engine, await engine.start(unloadStatement(place, day, drawn), { token }));
    },

    agrees: async (day: LogDay, drawn: DayState) => {
      const engine = await engineOf(day);
      const executionId = await engine.start(checkStatement(place, day, drawn));
      await ended(engine, executionId);
      const { rows } = await engine.rows(executionId, { limit: 1 });
      const [stored, wanted, same] = rows[0] ?? [];
      return stored !== undefined && stored === wanted && stored === same;
    },
  };
};
