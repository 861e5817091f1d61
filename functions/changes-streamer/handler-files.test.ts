import { describe, expect, it } from "vitest";
import { startStreamer } from "#common/changes/testing/start-streamer.ts";

const { streamer, engineOf, published, told, rowOf } = await startStreamer();

describe("a bad file", () => {
  it.each<[string, string, string]>([
    ["json", "{", "FILE_NOT_JSON"],
    ["array", "[]", "FILE_NOT_JSON"],
    ["nobody", '{"write_counter":1,"changelog":[]}', "USER_MISMATCH"],
    ["other", '{"user_id":"u2","write_counter":1,"changelog":[]}', "USER_MISMATCH"],
    ["counter", '{"user_id":"u1","changelog":[]}', "ENTRY_INVALID"],
    [
      "type",
      '{"user_id":"u1","write_counter":3,"changelog":[{"write_counter":3,"type":"secret","data":"canary-1"}]}',
      "ENTRY_INVALID",
    ],
    [
      "falls",
      '{"user_id":"u1","write_counter":3,"changelog":[{"write_counter":3,"type":"txn","data":1},{"write_counter":2,"type":"txn","data":1}]}',
      "ENTRY_INVALID",
    ],
    ["below", '{"user_id":"u1","write_counter":1,"changelog":[]}', "COUNTER_BACKWARDS"],
  ])(
    "(%s) blocks its user alone, is kept with its code, and the next good one announces all",
    async (name, body, code) => {
      const organization = `bad-${name}`;
      const engine = engineOf(organization);
      await streamer.deliver(await engine.write(2, [{ write_counter: 1 }, { write_counter: 2 }]));
      const before = told().length;
      const bad = await engine.put(body);
      const other = await engineOf(organization, "other").write(1, [{ write_counter: 1 }]);

      expect(await streamer.deliver(bad, other)).toEqual([]);

      const version = bad.Records[0]?.s3.object.versionId;
      const letters = await streamer.deadLetters();
      expect(
        letters.map((letter) => ({ ...JSON.parse(letter.body), Records: 0, code: letter.code })),
      ).toEqual([{ Records: 0, key: engine.Key, version, code }]);
      expect(await rowOf(organization)).toMatchObject({
        blockedCode: code,
        blockedVersion: version,
        streamed: 2,
      });
      expect(told().slice(before)).toEqual(["0:1"]);
      expect(await streamer.sent("events-audit")).toMatchObject([
        { detail: { change: "changes_blocked", userId: "u1", code } },
      ]);
      expect(JSON.stringify(streamer.output().lines())).not.toContain("canary-1");

      await streamer.deliver(
        await engine.write(
          4,
          [1, 2, 3, 4].map((write_counter) => ({ write_counter })),
        ),
      );

      expect(told().slice(before + 1)).toEqual(["0:3", "0:4"]);
      expect(await rowOf(organization)).not.toHaveProperty("blockedCode");
    },
  );

  it("is what is left when the newest version is removed while older ones stay", async () => {
    const engine = engineOf("undone");
    const first = await engine.write(1, [{ write_counter: 1 }]);
    const second = await engine.write(2, [{ write_counter: 1 }, { write_counter: 2 }]);
    await streamer.deliver(first, second);

    await streamer.deliver(await engine.purge(second));

    expect(await streamer.deadLetters()).toMatchObject([{ code: "COUNTER_BACKWARDS" }]);
    expect(await rowOf("undone")).toMatchObject({
      blockedCode: "COUNTER_BACKWARDS",
      exists: 1,
      generation: 0,
    });
  });

  it("rings again when its letter is moved back", async () => {
    const engine = engineOf("back");
    await streamer.deliver(await engine.put("{"));
    const [letter] = await streamer.deadLetters();
    await engine.write(1, [{ write_counter: 1 }]);

    expect(await streamer.deliver(letter?.body ?? "")).toEqual([]);

    expect(told()).toEqual(["0:1"]);
  });
});

describe("what the engine forgot", () => {
  it("comes from an older version, and is a gap when that is gone", async () => {
    const engine = engineOf("forgot");
    const rings = [
      await engine.write(1, [{ write_counter: 1 }]),
      await engine.write(2, [{ write_counter: 2 }], { changelog_from: 1 }),
      await engine.write(3, [{ write_counter: 3 }], { changelog_from: 2 }),
    ];
    await streamer.deliver(...rings);
    expect(told()).toEqual(["0:1", "0:2", "0:3"]);
    const before = told().length;
    const lost = await engine.write(5, [{ write_counter: 5 }], { changelog_from: 3 });
    await engine.purge(lost);

    await streamer.deliver(await engine.write(7, [{ write_counter: 7 }], { changelog_from: 6 }));

    expect(told().slice(before)).toEqual(["gap 4-6", "0:7"]);
    expect(published().find(({ name }) => name === "changes_gap")).toMatchObject({
      source: "co.cogo.test",
      detail: { user_id: "u1", generation: 0, from: 4, to: 6 },
    });
  });

  it("is a gap in a first file", async () => {
    await streamer.deliver(await engineOf("first").write(4, [{ write_counter: 4 }], { changelog_from: 3 }));

    expect(told()).toEqual(["gap 1-3", "0:4"]);
  });
});
