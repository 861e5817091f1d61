import assert from "node:assert/strict";
import { readUserFile } from "../common/changes/file/user-file.ts";
import { userOfKey } from "../common/changes/file/user-key.ts";
import { outgoingOf } from "../common/changes/plan/envelopes.ts";
import { planChanges } from "../common/changes/plan/plan-changes.ts";
import { NEW_USER } from "../common/changes/plan/user-state.ts";
import { changesTable } from "../common/changes/stream/changes-table.ts";
import { listVersions } from "../common/changes/stream/list-versions.ts";
import { makePublisher } from "../common/changes/stream/publisher.ts";
import { makeStreamUser } from "../common/changes/stream/stream-user.ts";
import { memoryVersions } from "../common/changes/testing/memory-versions.ts";
import { memoryTable } from "../common/table/testing/memory-table.ts";
import { makeStreamChanges } from "../functions/changes-streamer/stream-changes.ts";
import { median, type Row } from "./row.ts";

const ENVELOPES = { source: "co.cogo.millrace", bytesMax: 240_000, bucket: "changes" };
const BATCH = 100;
const ROUNDS = 15;
const FILE_BYTES = 64 * 1024 * 1024;

const entry = (counter: number) => ({
  write_counter: counter,
  type: "txn",
  data: {
    accountId: `acc-${counter % 5_000}`,
    amount: `${counter % 900}.00`,
    currency: "USD",
    description: `Transaction of ${counter % 900}.00 posted to account ${counter % 5_000} at the bank, with a line of text`,
    location: { city: "Springfield", country: "US", merchant: `Merchant ${counter % 700}` },
    tags: ["branch", "counter"],
  },
});

const fileOf = (userId: string, entries: number): string => {
  const changelog = Array.from({ length: entries }, (_, index) => entry(index + 1));
  return JSON.stringify({ user_id: userId, write_counter: entries, changelog });
};

/** The streamer over versions and a table in memory, with its calls counted. */
const setup = () => {
  let clock = 0;
  const bucket = memoryVersions(() => (clock += 10));
  const store = memoryTable();
  const calls = { puts: 0, entries: 0, events: 0 };
  const publisher = makePublisher({
    put: async (entries) => {
      calls.puts += 1;
      calls.entries += entries.length;
      return entries.map(() => undefined);
    },
    sleep: async () => {},
    random: Math.random,
  });
  const stream = makeStreamUser({
    list: (key, until) => listVersions(bucket.readPage, key, until),
    readFile: async ({ key, userId }, { id }) => {
      const bytes = bucket.read(key, id);
      return bytes && readUserFile(bytes, userId);
    },
    rows: changesTable(store, () => clock),
    keepClaim: async () => {},
    publish: ({ entry: one }) => publisher.publish(one),
    keepBad: async () => assert.fail("no file is bad"),
    now: () => clock,
    envelopes: ENVELOPES,
  });
  const streamChanges = makeStreamChanges({
    organization: undefined,
    stream,
    publisher,
    onDone: ({ events }) => {
      calls.events += events;
    },
    now: () => clock,
  });
  let rung = 0;
  const rings: unknown[] = [];
  const write = (key: string, body: string): void => {
    rung += 1;
    const versionId = bucket.put(key, body);
    const sequencer = rung.toString(16).padStart(12, "0");
    rings.push({
      Records: [{ eventName: "ObjectCreated:Put", s3: { object: { key, versionId, sequencer } } }],
    });
  };
  const deliver = async (): Promise<void> => {
    for (let start = 0; start < rings.length; start += BATCH) {
      const messages = rings
        .slice(start, start + BATCH)
        .map((body, index) => ({ messageId: `${index}`, body: body as never }));
      assert.deepEqual(await streamChanges(messages), []);
    }
  };
  return { bucket, calls, write, deliver };
};

const goal = (what: string, ours: number, wanted: number, unit: string, sign: "≤" | "≥"): Row => ({
  what,
  against: "the goal",
  ours,
  theirs: wanted,
  unit,
  ratio: ours / wanted,
  goal: `${sign} 1`,
});

const manyWrites = async (): Promise<Row[]> => {
  const { bucket, calls, write, deliver } = setup();
  for (let counter = 1; counter <= 1_000; counter += 1) write("users/demo/u1.json", fileOf("u1", counter));
  await deliver();
  assert.equal(calls.events, 1_000);
  const asked = bucket.calls.lists + bucket.calls.gets;
  await deliver();
  const stale = bucket.calls.lists + bucket.calls.gets - asked;
  return [
    goal("1,000 writes of one user: lists and gets", asked, 5, "calls", "≤"),
    { ...goal("1,000 stale doorbells: lists and gets", stale, 1, "calls", "≤"), theirs: 0 },
  ];
};

const manyUsers = async (): Promise<Row[]> => {
  const { bucket, calls, write, deliver } = setup();
  for (let user = 0; user < 10_000; user += 1) write(`users/demo/u${user}.json`, fileOf(`u${user}`, 1));
  await deliver();
  assert.equal(calls.events, 10_000);
  return [
    goal("10,000 users, a write each: gets a write", bucket.calls.gets / 10_000, 1.1, "gets", "≤"),
    goal(
      "10,000 users, a write each: entries a PutEvents call",
      calls.entries / calls.puts,
      8,
      "entries",
      "≥",
    ),
  ];
};

/** Everything between the bytes of a file and the entries of the bus. */
const streamBytes = async (bytes: Uint8Array): Promise<number> => {
  const user = userOfKey("users/demo/u1.json", undefined);
  assert(user);
  const version = { id: "v1", isMarker: false, modifiedAt: "2026-01-31T12:00:00.000Z", bytes: bytes.length };
  let events = 0;
  for await (const step of planChanges(NEW_USER, [version], async () => readUserFile(bytes, "u1"))) {
    assert(step.kind !== "bad");
    for (const outgoing of outgoingOf(user, step, ENVELOPES)) events += outgoing.events;
  }
  return events;
};

const cpuMs = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const entriesPerSecond = async (): Promise<Row[]> => {
  const entries = 20_000;
  const text = fileOf("u1", entries);
  const bytes = Buffer.from(text);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(entries / ((await cpuMs(() => streamBytes(bytes))) / 1_000));
    theirs.push(entries / ((await cpuMs(() => JSON.stringify(JSON.parse(bytes.toString("utf8"))))) / 1_000));
  }
  const [mine, plain] = [median(ours), median(theirs)];
  return [
    {
      what: "entries of a file, from its bytes to the bus",
      against: "JSON.parse and JSON.stringify",
      ours: mine,
      theirs: plain,
      unit: "entries per CPU second",
      ratio: mine / plain,
      goal: "≥ 0.80",
    },
  ];
};

const largeFile = async (): Promise<Row[]> => {
  const one = fileOf("u1", 10_000).length / 10_000;
  const bytes = Buffer.from(fileOf("u1", Math.floor((FILE_BYTES * 0.98) / one)));
  assert(bytes.length <= FILE_BYTES);
  await streamBytes(bytes);
  const { maxRSS } = process.resourceUsage();
  return [
    goal(
      `a file of ${Math.round(bytes.length / 1_048_576)} MB: most memory of the process`,
      maxRSS / 1_024,
      512,
      "MB",
      "≤",
    ),
  ];
};

/** What streaming costs: calls of S3 and of the bus, CPU beside a bare parse and stringify, and memory. */
export const run = async (): Promise<Row[]> => [
  ...(await largeFile()),
  ...(await manyWrites()),
  ...(await manyUsers()),
  ...(await entriesPerSecond()),
];
