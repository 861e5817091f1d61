import { LANES, type Place, type UserFile } from "../file/user-file.ts";
import type { Step } from "../plan/plan-changes.ts";
import { isBefore, NOWHERE, type UserState } from "../plan/user-state.ts";
import type { ReplayRequest } from "./replay.ts";

type EventsStep = Extract<Step, { kind: "events" }>;

/**
 * What of a file is published again: entries that were published before, from the counter that is asked for. The first
 * says what was before it, as it did then; what the file has forgotten stands for the beginning.
 */
export const replaySteps = (
  { file: version, generation, lanes }: UserState,
  file: UserFile,
  { fromWriteCounter = 0, lane: only }: ReplayRequest,
): EventsStep[] =>
  LANES.filter((lane) => only === undefined || lane === only).flatMap((lane): EventsStep[] => {
    const own = file.entries.filter((entry) => entry.lane === lane && !isBefore(lanes[lane], entry));
    const start = own.findIndex(({ counter }) => counter >= fromWriteCounter);
    if (start < 0) return [];
    const before: Place = own[start - 1] ?? NOWHERE;
    const previous = { counter: before.counter, place: before.place };
    return [{ kind: "events", lane, generation, previous, version, entries: own.slice(start) }];
  });
