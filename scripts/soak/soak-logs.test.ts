import { expect, it } from "vitest";
import { soakLogs } from "./soak-logs.ts";

it("finds each of 1,200 messages in its folder, under chaos, kills and a throttled stream", async () => {
  const lines: string[] = [];

  const faults = await soakLogs({
    messages: 1_200,
    chaos: 0.1,
    throttleMs: 1_000,
    onProgress: (line) => lines.push(line),
  });

  expect(faults, lines.join("\n")).toEqual([]);
}, 240_000);
