import { describe, expect, it } from "vitest";
import { outgoingOf } from "../plan/envelopes.ts";
import { NOWHERE } from "../plan/user-state.ts";
import { type Entry, readUserFile } from "./user-file.ts";
import { userOfKey } from "./user-key.ts";

const read = (text: string) => readUserFile(Buffer.from(text), "u1");
const entriesOf = (text: string): Entry[] => {
  const answer = read(text);
  return answer.ok ? answer.file.entries : [];
};

describe("a user's file", () => {
  it("gives its entries above changelog_from, with their places in their writes over both kinds", () => {
    const file = {
      user_id: "u1",
      write_counter: 3,
      changelog_from: 1,
      changelog: [
        { write_counter: 1, type: "txn", data: 1 },
        { write_counter: 2, type: "txn", data: 2 },
        { write_counter: 2, type: "responses", data: null, test: true },
        { write_counter: 2, type: "txn", data: 4, test: false },
        { write_counter: 3, type: "txn", data: 5 },
      ],
    };

    expect(entriesOf(JSON.stringify(file)).map(({ counter, place, lane }) => [counter, place, lane])).toEqual(
      [
        [2, 1, "real"],
        [2, 2, "test"],
        [2, 3, "real"],
        [3, 1, "real"],
      ],
    );
  });

  it("names every fault, and quotes nothing", () => {
    const answer = read(
      '{"user_id":"u1","write_counter":2,"changelog":[{"write_counter":3,"type":"txn","data":"canary"},{"write_counter":0,"type":"canary","test":"canary"},7]}',
    );

    expect(answer.ok ? [] : answer.fault.errors.map(({ path }) => path)).toEqual([
      "/changelog/0/write_counter",
      "/changelog/1/write_counter",
      "/changelog/1/type",
      "/changelog/1/data",
      "/changelog/1/test",
      "/changelog/2",
    ]);
    expect(JSON.stringify(answer)).not.toContain("canary");
  });

  it.each([
    ["bytes that are no UTF-8", Buffer.from('{"user_id":"u1\xff"}', "latin1")],
    ["nothing", Buffer.alloc(0)],
  ])("is no JSON when it is %s", (_, bytes) => {
    expect(readUserFile(bytes, "u1")).toMatchObject({ ok: false, fault: { code: "FILE_NOT_JSON" } });
  });

  it("comes out with every digit of its numbers", () => {
    const data = '{"long":12345678901234567890,"huge":1e400,"plain":1.5}';
    const entries = entriesOf(
      `{"user_id":"u1","write_counter":1,"changelog":[{"write_counter":1,"type":"txn","data":${data}}]}`,
    );
    const user = userOfKey("users/demo/u1.json", undefined);
    if (!user) throw new Error("the key is a user's");
    const step = {
      kind: "events",
      lane: "real",
      generation: 0,
      previous: NOWHERE,
      version: "v",
      entries,
    } as const;

    const [outgoing] = outgoingOf(user, step, { source: "co.cogo.test", bytesMax: 5_000, bucket: "b" });

    expect(outgoing?.entry.detail).toContain(`"data":${data}`);
  });
});

describe("the key of a user's file", () => {
  it.each(["u1", "a/b", "two words", "1+1", "100%", "😀", "o'(neil)!*"])(
    "is found again for %s",
    (userId) => {
      const strict = encodeURIComponent(userId).replace(
        /[!'()*]/g,
        (one) => `%${one.charCodeAt(0).toString(16)}`,
      );
      for (const spelled of [encodeURIComponent(userId), strict]) {
        const key = `users/demo/${spelled}.json`;
        expect(userOfKey(key, undefined)).toEqual({ key, organizationId: "demo", userId, spelled });
        expect(userOfKey(`users/${spelled}.json`, "demo")).toMatchObject({ organizationId: "demo", userId });
      }
    },
  );
});
