import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BUCKET, startStreamer } from "#common/changes/testing/start-streamer.ts";

const { streamer, engineOf, published } = await startStreamer();

describe("an entry that is larger than an entry of the bus", () => {
  const frame = async (organization: string, characters: number) => {
    const engine = engineOf(organization);
    const data = "x".repeat(characters);
    await streamer.deliver(await engine.write(1, [{ write_counter: 1, data }]));
    return published()[0];
  };
  const bytesOf = (entry: ReturnType<typeof published>[number] | undefined) =>
    Buffer.byteLength(`${entry?.source}${entry?.name}${JSON.stringify(entry?.detail)}`);

  it("of exactly the limit stands in its envelope, and a byte more makes it a claim whose hash fits", async () => {
    const small = await frame("probe", 10);
    const room = 5_000 - bytesOf(small);
    streamer.port.notified.events.length = 0;
    const exact = await frame("exact", 10 + room);
    expect(bytesOf(exact)).toBe(5_000);
    expect(exact?.detail.events[0]).toHaveProperty("data");
    streamer.port.notified.events.length = 0;

    const [event] = (await frame("bytes", 10 + room + 1))?.detail.events ?? [];

    const key = `claims/bytes/u1/${event?.id}.json`;
    const kept = await streamer.file("changes", key);
    expect(JSON.parse(kept)).toBe("x".repeat(10 + room + 1));
    expect(event).toEqual({
      user_id: "u1",
      type: "txn",
      write_counter: 1,
      id: expect.any(String),
      claim: {
        bucket: BUCKET,
        key,
        bytes: Buffer.byteLength(kept),
        sha256: createHash("sha256").update(kept).digest("hex"),
      },
    });
  });

  it("is not what many entries are: they are cut between events, in order", async () => {
    const engine = engineOf("cut");
    const entries = Array.from({ length: 30 }, (_, index) => ({
      write_counter: index + 1,
      data: "y".repeat(400),
    }));
    await streamer.deliver(await engine.write(30, entries));

    const details = published().map(({ detail }) => detail);
    expect(details.length).toBeGreaterThan(2);
    expect(details.flatMap(({ events }) => events.map(({ write_counter }) => write_counter))).toEqual(
      entries.map(({ write_counter }) => write_counter),
    );
    expect(details.slice(1).map(({ previous }) => previous)).toEqual(
      details.slice(0, -1).map(({ number }) => number),
    );
    for (const entry of published()) expect(bytesOf(entry)).toBeLessThanOrEqual(5_000);
  });
});
