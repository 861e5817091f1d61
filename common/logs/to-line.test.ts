import fc from "fast-check";
import { describe, expect, it } from "vitest";
import resources from "#functions/resources.json" with { type: "json" };
import { isLate } from "./line.ts";
import { maskLine } from "./mask-line.ts";
import { PARTITION_KEYS, partitionOf, partitionPath } from "./partition.ts";
import { readMessage } from "./read-message.ts";
import { toLine } from "./to-line.ts";
import { LOG_TYPE_NAMES, LOG_TYPES } from "./types.ts";

const ARRIVED = Date.parse("2026-11-21T16:33:01.123Z");

const options = {
  environment: "local",
  arrivedAtMs: ARRIVED,
  logDays: 400,
  idOf: () => "made-up",
};

const message = (more: object = {}) => ({
  organizationID: "demo",
  logType: "web",
  events: [{ action: "received request", description: "on web" }],
  ...more,
});

const lineOf = (value: object, more: Partial<typeof options> = {}) => {
  const text = JSON.stringify(value);
  return JSON.parse(JSON.stringify(maskLine(toLine(readMessage(text), { ...options, ...more }))));
};

describe("a line", () => {
  it("says what the message says, and what the platform knows", () => {
    const sent = message({
      id: "m-1",
      time: "2026-11-21T17:33:00+01:00",
      transactionId: "tx-1",
      server: "dspweb",
      events: [
        {
          action: "a",
          description: "b",
          detail: { path: "/x" },
          type: "request",
          time: "2026-11-21T16:33:00Z",
        },
        { action: "c", description: "", success: false },
      ],
    });

    expect(lineOf(sent)).toEqual({
      schema: 1,
      environment: "local",
      organizationID: "demo",
      logType: "web",
      id: "m-1",
      time: "2026-11-21T16:33:00.000Z",
      receivedAt: "2026-11-21T16:33:01.123Z",
      year: 2026,
      month: 11,
      day: 21,
      hour: 16,
      transactionId: "tx-1",
      success: false,
      server: "dspweb",
      events: [
        {
          action: "a",
          description: "b",
          detail: { path: "/x" },
          type: "request",
          time: "2026-11-21T16:33:00.000Z",
          success: true,
        },
        { action: "c", description: "", success: false },
      ],
    });
  });

  it("keeps unknown fields under extra, of the message and of its events, and ignores the platform's own", () => {
    const line = lineOf(
      message({
        region: { a: [1] },
        schema: 9,
        year: 1,
        receivedAt: "x",
        success: false,
        sentTime: 3,
        events: [{ action: "a", description: "b", shard: 7, extra: { old: true } }],
      }),
    );

    expect(line).toMatchObject({ schema: 1, year: 2026, success: true, extra: { region: { a: [1] } } });
    expect(line.sentTime).toBeUndefined();
    expect(line.events[0].extra).toEqual({ old: true, shard: 7 });
  });

  it("stays as it is when it is sent again", () => {
    const line = lineOf(message({ id: "m-1", time: "2026-11-21T16:00:00Z", region: "eu" }));

    expect(lineOf(line)).toEqual(line);
  });

  it.each([
    ["absent", undefined, "2026-11-21T16:33:01.123Z"],
    ["five minutes ahead", "2026-11-21T16:38:01.123Z", "2026-11-21T16:38:01.123Z"],
    ["a millisecond more", "2026-11-21T16:38:01.124Z", "2026-11-21T16:33:01.123Z"],
    ["of 2199", "2199-01-01T00:00:00Z", "2026-11-21T16:33:01.123Z"],
    ["400 days back", "2025-10-17T16:33:01.123Z", "2025-10-17T16:33:01.123Z"],
    ["a millisecond earlier", "2025-10-17T16:33:01.122Z", "2026-11-21T16:33:01.123Z"],
    ["of 1969", "1969-12-31T23:59:59Z", "2026-11-21T16:33:01.123Z"],
  ])("with a time that is %s", (_, time, counts) => {
    const line = lineOf(message({ time }));

    expect(line.time).toBe(counts);
    expect(line.sentTime).toBe(
      time === undefined || Date.parse(time) === Date.parse(counts)
        ? undefined
        : new Date(time).toISOString(),
    );
  });

  it("has an id of the sender's, or the one that is made", () => {
    expect(lineOf(message({ id: "web-1.7" })).id).toBe("web-1.7");
    expect(lineOf(message()).id).toBe("made-up");
  });

  it("holds no planted card or token, and keeps its ids", () => {
    const line = lineOf(
      message({
        id: "4111111111111111",
        transactionId: "4111-1111-1111-1111",
        server: "pos 4111 1111 1111 1111",
        note: { password: "hunter2" },
        events: [
          {
            action: "paid with 4111-1111-1111-1111",
            description: "Bearer abc",
            detail: { token: "t0ken", list: ["5555 5555 5555 4444"], n: 4111111111111111 },
            caller: "x 4111111111111111",
            type: "4111111111111111",
            transactionId: "4111111111111111",
          },
        ],
      }),
    );

    const { id, transactionId, ...rest } = line;
    const { transactionId: ofEvent, ...event } = line.events[0];
    expect([id, transactionId, ofEvent]).toEqual([
      "4111111111111111",
      "4111-1111-1111-1111",
      "4111111111111111",
    ]);
    expect(JSON.stringify({ ...rest, events: [event] })).not.toMatch(/4111|5555|hunter2|t0ken|abc/);
  });

  it("of a stored event has the event's fields and its recordedAt as time", () => {
    const { example } = LOG_TYPES.events;

    expect(lineOf(example)).toMatchObject({
      ...example,
      success: true,
      year: 2026,
      month: 5,
      day: 5,
      hour: 12,
    });
  });

  it.each(LOG_TYPE_NAMES)(
    "can be made of the example of type %s, and its fields are the type's columns",
    (name) => {
      const line = lineOf({ ...LOG_TYPES[name].example, odd: 1 });
      const columns = LOG_TYPES[name].columns.map(({ field }) => field);
      const partition = ["environment", "organizationID", "logType", "year", "month", "day", "hour"];

      expect(Object.keys(line).filter((field) => ![...columns, ...partition].includes(field))).toEqual([]);
    },
  );
});

describe("late", () => {
  it("is over two hours before the arrival", () => {
    const time = new Date(ARRIVED - 7_200_000).toISOString();

    expect(isLate({ time, receivedAt: new Date(ARRIVED).toISOString() })).toBe(false);
    expect(isLate({ time, receivedAt: new Date(ARRIVED + 1).toISOString() })).toBe(true);
  });
});

describe("a partition", () => {
  it("is a folder for each value, in UTC, with two digits", () => {
    expect(partitionPath(partitionOf(lineOf(message({ time: "2026-02-03T04:05:06+02:00" }))))).toBe(
      "environment=local/organization=demo/logtype=web/year=2026/month=02/day=03/hour=02/",
    );
  });

  it("has the folders that the stream has, in their order", () => {
    expect(resources.streams.logs.partitionKeys).toEqual([...PARTITION_KEYS]);
  });

  it("never leaves its folder, whatever is sent", () => {
    const nasty = fc.oneof(
      fc.constantFrom("../etc", "a=b", "%2e", "", ".", "..", "demo/", "demo\n", "DEMO", "a".repeat(64)),
      fc.string(),
    );
    fc.assert(
      fc.property(nasty, nasty, (organizationID, logType) => {
        let path: string;
        try {
          path = partitionPath(partitionOf(lineOf(message({ organizationID, logType }))));
        } catch {
          return;
        }

        expect(path).toMatch(
          /^environment=local\/organization=[a-z0-9-]{1,63}\/logtype=[a-z]+\/year=2026\/month=11\/day=21\/hour=16\/$/,
        );
      }),
    );
  });
});
