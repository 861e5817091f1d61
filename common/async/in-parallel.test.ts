import { describe, expect, it } from "vitest";
import { inParallel } from "./in-parallel.ts";

describe("working in parallel", () => {
  it("works on each once, on so many at once, and answers in order", async () => {
    let under = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3, 0], 3, async (item, index) => {
      under += 1;
      most = Math.max(most, under);
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
      under -= 1;
      return `${index}:${item}`;
    });

    expect(results).toEqual(["0:5", "1:1", "2:4", "3:2", "4:3", "5:0"]);
    expect(most).toBe(3);
    expect(await inParallel([], 3, async () => expect.unreachable())).toEqual([]);
  });

  it("begins nothing more once one failed, and says why", async () => {
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error("one failed");
    });

    await expect(work).rejects.toThrow("one failed");
    await Promise.resolve();
    expect(begun).not.toContain(4);
  });
});
