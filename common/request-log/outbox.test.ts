import { describe, expect, it, vi } from "vitest";
import { createRequestLog, type Publish } from "./index.ts";
import { keeping } from "./testing/keeping.ts";

const WEB = { logType: "web", organizationID: "demo", server: "dspweb", transactionId: "tx-1" };

describe("a publisher that fails", () => {
  it.each([
    ["throws", () => Promise.reject(new Error("no"))],
    [
      "throws at once",
      () => {
        throw new Error("no");
      },
    ],
    ["never answers", () => new Promise<never>(() => {})],
  ] as [string, Publish][])("that %s keeps no caller waiting, and 8 MB at most", async (_, publish) => {
    const requestLog = createRequestLog({ publish });
    const text = "x".repeat(3_000);

    for (let number = 0; number < 4_000; number += 1) {
      const log = requestLog(WEB);
      log.event("received request", text);
      log.event("answered", text);
      await log.end();
    }

    const { published, waiting, refused } = requestLog.counts;
    expect(published).toBe(0);
    expect(waiting * 2 + refused).toBeGreaterThanOrEqual(8_000 - 1);
    expect(waiting * 2 + refused).toBeLessThanOrEqual(8_000 + 1);
    expect(waiting * 6_000).toBeLessThanOrEqual(8_000_000);
    expect(waiting * 6_000).toBeGreaterThan(6_000_000);
  });

  it("does not have a log hold more that is not ended, either", async () => {
    const { publish, kept, messages } = keeping();
    const requestLog = createRequestLog({ publish });
    const log = requestLog(WEB);

    for (let number = 0; number < 3_000; number += 1) log.event("a", "x".repeat(3_900));
    await log.end();
    await requestLog.flush(60_000);

    const events = messages().flatMap((message) => message.events);
    expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(8_000_000);
    expect(events.length).toBeGreaterThan(1_900);
    expect(messages()[0]?.refusedEvents).toBe(3_000 - events.length);
    expect(requestLog.counts.refused).toBe(3_000 - events.length);
  });

  it("gets everything when it works again, in order, with what was refused", async () => {
    const { publish, messages } = keeping();
    let broken = true;
    const errors: unknown[] = [];
    const requestLog = createRequestLog({
      publish: (batch) => (broken ? Promise.reject(new Error("down")) : publish(batch)),
      onError: (error) => {
        errors.push(error);
        throw new Error("of the reporter");
      },
    });
    const log = async (text: string) => {
      const one = requestLog(WEB);
      one.event("a", text);
      await one.end();
    };
    let sent = 0;
    for (; requestLog.counts.refused === 0; sent += 1) await log("x".repeat(3_900));

    broken = false;
    expect(await requestLog.flush(60_000)).toBe(true);
    await log("last");
    await requestLog.flush(5_000);

    expect(errors.length).toBeGreaterThan(0);
    expect(requestLog.counts).toEqual({ published: sent, waiting: 0, refused: 1 });
    expect(messages().map(({ id }) => Number(id.split(".")[1]))).toEqual(
      Array.from({ length: sent }, (_, index) => index + 1),
    );
    expect(messages().at(-1)).toMatchObject({ refusedEvents: 1, events: [{ description: "last" }] });
  });

  it("is asked again for what it refused for now, and not for what it refused for good", async () => {
    const { publish, messages } = keeping();
    let calls = 0;
    const requestLog = createRequestLog({
      publish: async (batch) => {
        calls += 1;
        const [first, second, ...others] = batch;
        if (calls > 1 || !first || !second) return publish(batch);
        await publish(others);
        return [
          { message: first, retry: true, reason: "Throttled" },
          { message: second, retry: false, reason: "InvalidParameter" },
        ];
      },
    });
    const logs = Array.from({ length: 5 }, (_, number) => {
      const log = requestLog(WEB);
      log.event("a", `${number}`);
      return log;
    });

    // The first goes alone; those that come meanwhile go together.
    await Promise.all(logs.map((log) => log.end()));
    await requestLog.flush(60_000);
    const log = requestLog(WEB);
    log.event("a", "next");
    await log.end();
    await requestLog.flush(5_000);

    const { published, refused } = requestLog.counts;
    expect(published + refused).toBe(6);
    expect(messages()).toHaveLength(published);
    expect(messages().filter((message) => message.refusedEvents).length).toBe(refused);
  });

  it("is given up after half a minute without an answer, and asked again", async () => {
    vi.useFakeTimers();
    try {
      const { publish, messages } = keeping();
      let calls = 0;
      const requestLog = createRequestLog({
        publish: (batch) => {
          calls += 1;
          return calls === 1 ? new Promise(() => {}) : publish(batch);
        },
      });
      const log = requestLog(WEB);
      log.event("a", "b");
      await log.end();

      await vi.advanceTimersByTimeAsync(29_000);
      expect(calls).toBe(1);
      await vi.advanceTimersByTimeAsync(2_000);

      expect(messages()).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("flush", () => {
  it("waits until all is sent", async () => {
    const { publish, messages } = keeping();
    const requestLog = createRequestLog({
      publish: async (batch) => {
        await new Promise((done) => setTimeout(done, 20));
        return publish(batch);
      },
    });
    for (let number = 0; number < 30; number += 1) {
      const log = requestLog(WEB);
      log.event("a", "b");
      void log.end();
    }
    await Promise.resolve();

    expect(await requestLog.flush(60_000)).toBe(true);
    expect(messages()).toHaveLength(30);
  });

  it("says that it is not, when its time is over", async () => {
    const requestLog = createRequestLog({ publish: () => new Promise(() => {}) });
    const log = requestLog(WEB);
    log.event("a", "b");
    await log.end();

    expect(await requestLog.flush(20)).toBe(false);
    expect(requestLog.counts.waiting).toBe(1);
  });
});
