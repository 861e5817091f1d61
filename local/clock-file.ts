import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "./clock.ts";

const pathOf = (folder: string): string => join(folder, "clock.json");

/**
 * Keeps how far the clock was moved beside the data while the platform runs, for a process that makes tokens for
 * it. The function that this returns ends that: the next platform begins with the machine's time.
 */
export const shareClock = (clock: Clock, folder: string): (() => void) => {
  // A platform that was killed may have left one.
  rmSync(pathOf(folder), { force: true });
  clock.onMove(() => writeFileSync(pathOf(folder), JSON.stringify({ aheadMs: clock.ahead[0] })));
  return () => rmSync(pathOf(folder), { force: true });
};

/** The time of the platform that runs on this folder; the machine's if none runs, or none was moved. */
export const sharedNow = (folder: string): number => {
  try {
    const { aheadMs } = JSON.parse(readFileSync(pathOf(folder), "utf8")) as { aheadMs: unknown };
    return Date.now() + (typeof aheadMs === "number" ? aheadMs : 0);
  } catch {
    return Date.now();
  }
};
