import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { makeAskAll } from "./ask-all.ts";
import type { Asked, AskVendor, Outcome } from "./ask-vendor.ts";
import { makeVendorState } from "./vendor-state.ts";

const FAILED: Outcome = { kind: "failed", reason: "status 503" };

const questions = (...descriptions: string[]): Asked[] =>
  descriptions.map((description) => ({
    description,
    amount: "1.00",
    currency: "EUR",
    type: "credit",
    postedAt: "2026-03-01T00:00:00.000Z",
  }));

type Setup = { vendor?: (asked: readonly Asked[], secret: string) => Outcome; monthlyMax?: number };

const well = (asked: readonly Asked[]): Outcome => ({
  kind: "answered",
  answers: asked.map(() => ({ confidence: 0.9 })),
});

const setup = ({ vendor = well, monthlyMax }: Setup = {}) => {
  let nowMs = Date.UTC(2026, 2, 31, 23, 0);
  const calls: string[][] = [];
  const secrets: boolean[] = [];
  let answer = vendor;
  const ask: AskVendor = async (asked, secret) => {
    calls.push(asked.map(({ description }) => description));
    return answer(asked, secret);
  };
  const askAll = makeAskAll({
    ask,
    state: makeVendorState(memoryTable(), () => nowMs),
    secret: async (fresh) => {
      secrets.push(fresh);
      return fresh ? "new" : "old";
    },
    monthlyMax,
  });
  return {
    calls,
    secrets,
    ask: (...descriptions: string[]) => askAll(questions(...descriptions), ""),
    pass: (ms: number) => {
      nowMs += ms;
    },
    behave: (next: NonNullable<Setup["vendor"]>) => {
      answer = next;
    },
  };
};

const kinds = ({ replies }: { replies: { kind: string }[] }) => replies.map(({ kind }) => kind);

describe("asking about many transactions", () => {
  it("halves what is refused until the bad one is alone", async () => {
    const vendor = (asked: readonly Asked[]): Outcome =>
      asked.some(({ description }) => description === "bad")
        ? { kind: "refused", reason: "status 422" }
        : well(asked);
    const { ask, calls } = setup({ vendor });

    const result = await ask("a", "b", "c", "bad", "d", "e", "f", "g");

    expect(kinds(result)).toEqual([...Array(3).fill("answered"), "refused", ...Array(4).fill("answered")]);
    expect(result.pause).toBeUndefined();
    expect(result.replies[3]).toMatchObject({ error: { code: "CLEANSING_REFUSED", internal: "status 422" } });
    expect(calls).toHaveLength(7);
  });

  it("opens after five failures in a row, asks nothing for 30 seconds, then tries with one call", async () => {
    const { ask, calls, pass, behave } = setup({ vendor: () => FAILED });
    for (const alarm of [false, false, false, false, true]) {
      expect((await ask("a")).pause).toMatchObject({ counts: true, alarm });
    }

    expect(await ask("a")).toEqual({
      replies: [{ kind: "open" }],
      pause: { reason: "the breaker is open", seconds: 30, counts: false, alarm: false },
    });
    pass(29_999);
    expect((await ask("a")).pause).toMatchObject({ seconds: 1 });
    expect(calls).toHaveLength(5);

    pass(1);
    behave(well);
    expect(kinds(await ask("a"))).toEqual(["answered"]);
    behave(() => FAILED);
    expect((await ask("a")).pause).toMatchObject({ alarm: false });
  });

  it("stays open for twice as long after each try that fails, five minutes at most, and counts no try", async () => {
    const { ask, pass } = setup({ vendor: () => FAILED });
    for (let failures = 0; failures < 5; failures += 1) await ask("a");
    const waits: (number | undefined)[] = [];
    for (let probes = 0; probes < 5; probes += 1) {
      const { pause } = await ask("a");
      waits.push(pause?.seconds);
      pass((pause?.seconds ?? 0) * 1000);
      expect((await ask("a")).pause).toMatchObject({ counts: false, alarm: true });
    }

    expect(waits).toEqual([30, 60, 120, 240, 300]);
  });

  it("lets one call at a time try whether the vendor is back", async () => {
    const { ask, calls, pass } = setup({ vendor: () => FAILED });
    for (let failures = 0; failures < 5; failures += 1) await ask("a");
    pass(30_000);

    await Promise.all([ask("a"), ask("b"), ask("c")]);

    expect(calls).toHaveLength(6);
  });

  it("does not count failures that are not in a row, nor refusals", async () => {
    const { ask, behave } = setup();
    for (let round = 0; round < 4; round += 1) {
      behave(() => FAILED);
      for (let failures = 0; failures < 4; failures += 1) await ask("a");
      behave(() => ({ kind: "refused", reason: "status 400" }));
      expect(kinds(await ask("a"))).toEqual(["refused"]);
    }
  });

  it("waits as the vendor asks for", async () => {
    const { ask } = setup({ vendor: () => ({ ...FAILED, retryAfterSeconds: 77 }) });

    expect((await ask("a")).pause).toMatchObject({ seconds: 77, counts: true });
  });

  it("reads the secret anew when the vendor does not take it, and waits when that does not help", async () => {
    const vendor = (asked: readonly Asked[], secret: string): Outcome =>
      secret === "new" ? well(asked) : { kind: "locked", reason: "status 401" };
    const { ask, behave, secrets } = setup({ vendor });

    expect(kinds(await ask("a"))).toEqual(["answered"]);
    expect(secrets).toEqual([false, true]);
    behave(() => ({ kind: "locked", reason: "status 401" }));

    expect(await ask("a")).toMatchObject({
      replies: [{ kind: "open" }],
      pause: { seconds: 300, counts: false, alarm: true },
    });
  });

  it("asks about no more than the month's number, and of the next month anew", async () => {
    const { ask, calls, pass } = setup({ monthlyMax: 3 });

    expect(kinds(await ask("a", "b"))).toEqual(["answered", "answered"]);
    expect(kinds(await ask("c", "d"))).toEqual(["answered", "spent"]);
    expect(kinds(await ask("d"))).toEqual(["spent"]);
    pass(3_600_000);
    expect(kinds(await ask("d"))).toEqual(["answered"]);
    expect(calls).toEqual([["a", "b"], ["c"], ["d"]]);
  });

  it("does not count what was not answered", async () => {
    const { ask, behave } = setup({ monthlyMax: 2, vendor: () => FAILED });
    await ask("a", "b");
    await ask("a", "b");
    behave(well);

    expect(kinds(await ask("a", "b"))).toEqual(["answered", "answered"]);
  });
});
