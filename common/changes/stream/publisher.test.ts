import { describe, expect, it } from "vitest";
import { makePublisher, type PutEntries } from "./publisher.ts";

const entry = (user: number, number: number, bytes = 10) => ({
  source: "s",
  detailType: `${user}`,
  detail: `${user}.${number}`.padEnd(bytes),
});

const setup = (
  refuse: (call: number, detail: string) => { code: string; retry: boolean } | undefined = () => undefined,
) => {
  const calls: string[][] = [];
  const put: PutEntries = async (entries) => {
    calls.push(entries.map(({ detail }) => detail.trim()));
    return entries.map(({ detail }) => refuse(calls.length, detail.trim()));
  };
  const publisher = makePublisher({ put, sleep: async () => {}, random: () => 0.5 });
  const user = (id: number, envelopes: number, bytes?: number) =>
    publisher.during(async () => {
      for (let number = 1; number <= envelopes; number += 1)
        await publisher.publish(entry(id, number, bytes));
    });
  return { calls, user, publisher };
};

describe("users that are streamed side by side", () => {
  it("share calls of ten, with one envelope of each", async () => {
    const { calls, user } = setup();

    await Promise.all(Array.from({ length: 25 }, (_, id) => user(id, 2)));

    expect(calls.flat()).toHaveLength(50);
    expect(calls.length).toBeLessThanOrEqual(6);
    for (const call of calls) {
      expect(call.length).toBeLessThanOrEqual(10);
      expect(new Set(call.map((detail) => detail.split(".")[0])).size).toBe(call.length);
    }
  });

  it("have no call of a megabyte", async () => {
    const { calls, user } = setup();

    await Promise.all(Array.from({ length: 10 }, (_, id) => user(id, 1, 300_000)));

    expect(calls.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
  });

  it("do not wait for one that waits for them", async () => {
    const { publisher, calls } = setup();
    let release = () => {};
    const held = new Promise<void>((go) => {
      release = go;
    });
    const first = publisher.during(async () => {
      await publisher.publish(entry(1, 1));
      release();
    });
    const second = publisher.during(() => publisher.aside(held));

    await Promise.all([first, second]);

    expect(calls).toEqual([["1.1"]]);
  });
});

describe("an envelope that the bus refuses", () => {
  it("is tried four times, while later ones of its user wait", async () => {
    const { calls, user } = setup((call, detail) =>
      detail === "1.1" && call < 4 ? { code: "ThrottlingException", retry: true } : undefined,
    );

    await user(1, 2);

    expect(calls).toEqual([["1.1"], ["1.1"], ["1.1"], ["1.1"], ["1.2"]]);
  });

  it("fails its user after that, and no other", async () => {
    const { calls, user } = setup((_, detail) =>
      detail === "1.1" ? { code: "InternalFailure", retry: true } : undefined,
    );

    const [first, second] = await Promise.allSettled([user(1, 2), user(2, 2)]);

    expect(first).toMatchObject({ status: "rejected", reason: { code: "DEPENDENCY_FAILED" } });
    expect(second.status).toBe("fulfilled");
    expect(calls.flat().filter((detail) => detail === "1.1")).toHaveLength(4);
    expect(calls.flat()).not.toContain("1.2");
  });

  it("is not tried again where that is of no use", async () => {
    const { calls, user } = setup(() => ({ code: "MalformedDetail", retry: false }));

    await expect(user(1, 1)).rejects.toMatchObject({ code: "DEPENDENCY_FAILED" });

    expect(calls).toHaveLength(1);
  });
});
