import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makeClock } from "../../clock.ts";
import { arnsOf } from "../port/arn.ts";
import { testDeployment } from "../testing/port.ts";
import { openQueues } from "./queues.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const setup = () => {
  const folder = mkdtempSync(join(tmpdir(), "queues-"));
  const clock = makeClock();
  const throws = (error: unknown) => {
    throw error;
  };
  const queues = openQueues(join(folder, "queues.sqlite"), arnsOf(testDeployment), throws, clock.now);
  clock.onMove(queues.clockMoved);
  queues.create("work", {});
  closing.push(async () => {
    await queues.close();
    rmSync(folder, { recursive: true });
  });
  const receive = async (waitMs = 0) =>
    (await queues.contract.receive("work", { max: 10, waitMs, visibilitySeconds: 60 })).map(
      ({ body }) => body,
    );
  const advance = (seconds: number) => clock.moveTo(clock.now() + seconds * 1000);
  return { queue: queues.contract, receive, advance };
};

describe("a queue whose clock is moved", () => {
  it("shows at once what was delayed until then, to a poll that waits too", async () => {
    const { queue, receive, advance } = setup();
    await queue.send("work", "late", { delaySeconds: 900 });
    await queue.send("work", "later", { delaySeconds: 7200 });
    const polled = receive(20_000);

    advance(899);
    expect(queue.depth("work")).toEqual({ visible: 0, inFlight: 0, delayed: 2 });
    advance(1);

    expect(await polled).toEqual(["late"]);
    expect(queue.depth("work")).toEqual({ visible: 0, inFlight: 1, delayed: 1 });
  });

  it("keeps from others what a receiver is at work on", async () => {
    const { queue, receive, advance } = setup();
    await queue.send("work", "taken");
    await receive();

    advance(30 * 24 * 3600);

    expect(await receive()).toEqual([]);
    expect(queue.depth("work").inFlight).toBe(1);
  });

  it("hides nothing when it is set back, and lets no poll wait longer", async () => {
    const { queue, receive, advance } = setup();
    advance(24 * 3600);
    await queue.send("work", "of tomorrow");
    const polled = receive(50);
    expect(await polled).toEqual(["of tomorrow"]);
    await queue.send("work", "also of tomorrow");

    advance(-24 * 3600);

    expect(queue.depth("work")).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
    expect(await receive()).toEqual(["also of tomorrow"]);
    const empty = receive(50);
    advance(-3600);
    expect(await empty).toEqual([]);
  });
});
