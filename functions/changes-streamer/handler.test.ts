import { describe, expect, it } from "vitest";
import { documentedConsumer } from "#common/changes/testing/consumer.ts";
import { BUCKET, startStreamer } from "#common/changes/testing/start-streamer.ts";

const { streamer, engineOf, published, told, rowOf } = await startStreamer();
const { makeConsumer } = await documentedConsumer();

describe("an update", () => {
  it("goes out as an envelope of the agreed shape", async () => {
    const engine = engineOf("shape");
    const ring = await engine.write(2, [
      { write_counter: 1, data: { amount: "22.00" } },
      { write_counter: 2, type: "responses", data: [1, null] },
    ]);

    expect(await streamer.deliver(ring)).toEqual([]);

    const id = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(published()).toEqual([
      {
        source: "co.cogo.test",
        name: "persistence",
        detail: {
          events: [
            { user_id: "u1", type: "txn", write_counter: 1, data: { amount: "22.00" }, id },
            { user_id: "u1", type: "responses", write_counter: 2, data: [1, null], id },
          ],
          test_events: false,
          id,
          organization_id: "shape",
          user_id: "u1",
          generation: 0,
          number: "2.1",
          previous: "0.0",
          version: ring.Records[0]?.s3.object.versionId,
        },
      },
    ]);
  });

  it("announces what is new, and says what was before it", async () => {
    const engine = engineOf("news");
    await streamer.deliver(await engine.write(1, [{ write_counter: 1 }]));
    await streamer.deliver(
      await engine.write(2, [{ write_counter: 1 }, { write_counter: 2 }, { write_counter: 2 }]),
    );

    expect(told()).toEqual(["0:1", "0:2", "0:2"]);
    expect(published()[1]?.detail).toMatchObject({ previous: "1.1", number: "2.2" });
  });

  it("has test and real entries in two envelopes, each in an order of its own", async () => {
    const engine = engineOf("lanes");
    await streamer.deliver(
      await engine.write(2, [
        { write_counter: 1, test: true },
        { write_counter: 1 },
        { write_counter: 2, test: true },
      ]),
    );

    expect(
      published().map(({ detail: { test_events, previous, number, events } }) => [
        test_events,
        previous,
        number,
        events.length,
      ]),
    ).toEqual([
      [false, "0.0", "1.2", 1],
      [true, "0.0", "2.1", 2],
    ]);
  });

  it("is announced again under the same ids by one that was killed before it saved", async () => {
    const engine = engineOf("killed");
    const ring = await engine.write(1, [{ write_counter: 1 }]);
    streamer.refuse("dynamodb:PutItem");

    expect(await streamer.deliver(ring)).toEqual(["message-0"]);
    expect(await streamer.deliver(ring)).toEqual(["message-0"]);

    const [first, again] = published();
    expect(await rowOf("killed")).toBeUndefined();
    expect(again).toEqual(first);
  });

  it.each(["a/b", "two words", "1+1", "100%", "😀", "o'(neil)!*", "#1"])(
    "comes through for the user %s",
    async (id) => {
      const engine = engineOf("ids", id);
      expect(await streamer.deliver(await engine.write(1, [{ write_counter: 1 }]))).toEqual([]);

      expect(published()).toMatchObject([{ detail: { user_id: id, events: [{ user_id: id }] } }]);
      expect(await rowOf("ids", id)).toMatchObject({ key: engine.Key, streamed: 1 });
    },
  );
});

describe("a delete", () => {
  it("ends a generation, in the kinds that had entries, and the next file begins another", async () => {
    const engine = engineOf("deleted");
    const rings = [
      await engine.write(1, [{ write_counter: 1 }]),
      await engine.remove(),
      await engine.write(1, [{ write_counter: 1 }]),
    ];

    // In the wrong order, all within a second.
    for (const ring of rings.toReversed()) expect(await streamer.deliver(ring)).toEqual([]);

    expect(told()).toEqual(["0:1", "0:deleted 2", "1:1"]);
    const details = published().map(({ detail }) => detail);
    expect(details.map(({ previous, number }) => [previous, number])).toEqual([
      ["0.0", "1.1"],
      ["1.1", "2.0"],
      ["0.0", "1.1"],
    ]);
    expect(details[1]?.events).toEqual([
      { user_id: "u1", type: "deleted", write_counter: 2, generation: 0, id: expect.any(String) },
    ]);
    expect(details[0]?.events[0]?.id).not.toBe(details[2]?.events[0]?.id);
    const consumer = makeConsumer();
    for (const detail of details.toReversed()) consumer.receive(detail);
    expect(consumer.lane("deleted", "u1", false)?.entries).toHaveLength(1);
  });

  it("is not what the removal of an old version is, but the removal of the last", async () => {
    const engine = engineOf("purged");
    const first = await engine.write(1, [{ write_counter: 1 }]);
    const second = await engine.write(2, [{ write_counter: 1 }, { write_counter: 2 }]);
    await streamer.deliver(first, second);
    const before = told();

    await streamer.deliver(await engine.purge(first));
    expect(told()).toEqual(before);
    await streamer.deliver(await engine.purge(second));

    expect(told().slice(before.length)).toEqual(["0:deleted 3"]);
    expect(await rowOf("purged")).toMatchObject({ exists: 0, generation: 1, streamed: 0 });
  });

  it("of a user who never was changes nothing", async () => {
    expect(await streamer.deliver(await engineOf("never").remove())).toEqual([]);

    expect(told()).toEqual([]);
    expect(await rowOf("never")).toBeUndefined();
  });
});

describe("doorbells", () => {
  it("of a thousand writes of one user cost one list and one get", async () => {
    const engine = engineOf("thousand");
    const rings = [];
    for (let counter = 1; counter <= 120; counter += 1)
      rings.push(await engine.write(counter, [{ write_counter: counter }]));
    for (let start = 0; start < rings.length; start += 40) {
      expect(await streamer.deliver(...rings.slice(start, start + 40))).toEqual([]);
    }

    expect(told()).toEqual(["0:120"]);
  });

  it.each([
    ["S3's test", { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: BUCKET }],
    [
      "another key",
      {
        Records: [
          { eventName: "ObjectCreated:Put", s3: { object: { key: "users/demo/u1.txt", sequencer: "01" } } },
        ],
      },
    ],
    [
      "a user of no organization",
      { Records: [{ s3: { object: { key: "users/u1.json", sequencer: "01" } } }] },
    ],
    [
      "a key that is not encoded",
      { Records: [{ s3: { object: { key: "users/demo/%25zz.json", sequencer: "01" } } }] },
    ],
  ])("of %s are acknowledged", async (_, body) => {
    expect(await streamer.deliver(body)).toEqual([]);

    expect(await streamer.deadLetters()).toEqual([]);
    expect(told()).toEqual([]);
  });

  it.each([
    ["{", "MESSAGE_NOT_JSON"],
    ['{"Records":[{"s3":{}}]}', "MESSAGE_INVALID"],
  ])("that cannot be read are kept: %s", async (body, code) => {
    expect(await streamer.deliver(body)).toEqual([]);

    expect(await streamer.deadLetters()).toEqual([{ body, code }]);
  });

  it("come back while the bus refuses, and other users' do not wait for them", async () => {
    const ring = await engineOf("refused").write(1, [{ write_counter: 1 }]);
    streamer.refuse("events:PutEvents");

    expect(await streamer.deliver(ring)).toEqual(["message-0"]);
    expect(await rowOf("refused")).toBeUndefined();
  }, 30_000);
});
