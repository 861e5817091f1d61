import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeClock, movedDate } from "./clock.ts";
import { shareClock, sharedNow } from "./clock-file.ts";

it("the platform's clock goes on from where it was moved to, and says by how much", () => {
  let machine = 1_000;
  const clock = makeClock(() => machine);
  const moves: number[] = [];
  const unsubscribe = clock.onMove((byMs) => void moves.push(byMs));

  expect([clock.now(), movedDate(clock)]).toEqual([1_000, undefined]);
  clock.moveTo(5_000);
  machine += 7;
  expect([clock.now(), movedDate(clock)]).toEqual([5_007, "Thu, 01 Jan 1970 00:00:05 GMT"]);
  clock.moveTo(1_007);
  unsubscribe();
  clock.moveTo(2_000);

  expect([moves, clock.now(), clock.ahead[0]]).toEqual([[4_000, -4_000], 2_000, 993]);
});

it("another process finds the clock beside the data for as long as the platform runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "clock-"));
  const aheadMs = () => Math.round((sharedNow(folder) - Date.now()) / 60_000) * 60_000;
  const clock = makeClock();
  const end = shareClock(clock, folder);

  const before = aheadMs();
  clock.moveTo(Date.now() + 3_600_000);
  const moved = aheadMs();
  shareClock(makeClock(), folder);
  const ofNext = aheadMs();
  clock.moveTo(Date.now() + 7_200_000);
  end();

  expect([before, moved, ofNext, aheadMs()]).toEqual([0, 3_600_000, 0, 0]);
  rmSync(folder, { recursive: true });
});
