import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../testing/port.ts";
import { openDatabase } from "./database.ts";
import { type Attempt, type Deliver, openOutbox, queueRetryMs } from "./outbox.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outbox-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (deliver: Deliver<string>) => {
  const database = openDatabase(join(folder, "outbox.sqlite"), "");
  const outbox = openOutbox<string>(database, {
    deliver,
    retryMs: () => 0,
    log: () => {},
    now: () => 1_000,
  });
  const kept = () => database.prepare("SELECT delivery, attempts FROM deliveries ORDER BY id").all();
  const close = async () => {
    await outbox.close();
    database.close();
  };
  return { outbox, kept, close };
};

describe("the outbox", () => {
  it("takes a delivery although it cannot be made, and makes it when it can", async () => {
    const made: string[] = [];
    const attempts: Attempt[] = [];
    const { outbox, kept, close } = open(async (delivery, attempt) => {
      attempts.push(attempt);
      if (delivery === "hard" && attempts.length < 4) throw new Error("not yet");
      made.push(delivery);
    });

    await outbox.add(["hard"]);
    await eventually(() => made.length === 1 && kept().length === 0);
    await close();

    expect(attempts.map(({ retries }) => retries)).toEqual([0, 1, 2, 3]);
  });

  it("a delivery that fails holds up no other", async () => {
    const made: string[] = [];
    const never = new Promise<void>(() => {});
    const { outbox, kept } = open(async (delivery) => {
      if (delivery === "stuck") return never;
      made.push(delivery);
    });

    await outbox.add(["stuck", "a", "b"]);
    await eventually(() => made.length === 2 && kept().length === 1);

    expect(kept()).toMatchObject([{ delivery: '"stuck"' }]);
  });

  it("what was taken and not made is made after a restart, and counts its attempts on", async () => {
    const first = open(async () => {
      throw new Error("down");
    });
    await first.outbox.add(["kept"]);
    await eventually(() => Number(first.kept()[0]?.attempts) >= 2);
    await first.close();

    const retries: number[] = [];
    const second = open(async (_, attempt) => void retries.push(attempt.retries));
    await eventually(() => second.kept().length === 0);
    await second.close();

    expect(retries[0]).toBeGreaterThanOrEqual(2);
    expect(retries).toHaveLength(1);
  });

  it("retries at once, then each second, then ever later up to 20 seconds", () => {
    const waits = Array.from({ length: 17 }, (_, index) => queueRetryMs(index + 1));

    expect(waits.slice(0, 5)).toEqual([0, 0, 0, 1_000, 1_000]);
    expect(waits.slice(5)).toEqual(waits.slice(5).toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(20_000);
  });
});
