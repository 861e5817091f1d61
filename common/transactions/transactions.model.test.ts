import { describe, expect, it, vi } from "vitest";
import { runHistory } from "./testing/history.ts";
import { Broken } from "./testing/reader.ts";

const HISTORIES = Number(process.env.MODEL_HISTORIES ?? 300);
vi.setConfig({ testTimeout: 180_000 });

type Run = (seed: number) => Promise<void>;

const firstBroken = async (run: Run, histories: number): Promise<string | undefined> => {
  for (let seed = 1; seed <= histories; seed += 1) {
    try {
      await run(seed);
    } catch (error) {
      if (!(error instanceof Broken || (error as Error).name === "Broken")) throw error;
      return `seed ${seed}: ${(error as Error).message}`;
    }
  }
  return undefined;
};

describe("files, edits, owners, nights, take-backs and readers, side by side", () => {
  it(`show what a plain model shows, in ${HISTORIES} histories`, async () => {
    expect(await firstBroken(runHistory, HISTORIES)).toBeUndefined();
  });
});
