import { readUserFile } from "#common/changes/file/user-file.ts";
import { type UserKey, userOfKey } from "#common/changes/file/user-key.ts";
import { changesTable } from "#common/changes/stream/changes-table.ts";
import { listVersions } from "#common/changes/stream/list-versions.ts";
import { makePublisher } from "#common/changes/stream/publisher.ts";
import { makeStreamUser } from "#common/changes/stream/stream-user.ts";
import { checkConsumer, checkOrder } from "#common/changes/testing/changes-model.ts";
import { documentedConsumer, type Envelope } from "#common/changes/testing/consumer.ts";
import { memoryVersions } from "#common/changes/testing/memory-versions.ts";
import { modelEngine } from "#common/changes/testing/model-engine.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { randomFrom } from "#common/testing/random.ts";

type SoakOptions = {
  writes: number;
  users: number;
  /** The share of calls that fail, half of them after they were done, and of notifications that come twice. */
  chaos: number;
  seed: number;
  onProgress?: (line: string) => void;
};

const BATCH = 100;
const CLOCK_STEP_MS = 120;

type Ring = { user: UserKey; sequencer: string };

/**
 * Plays engines and the streamer against each other in this process: the streamer's own code, over S3's versions and
 * a table in memory, with failing calls, dying invocations and notifications in any order.
 */
export const soakChanges = async ({
  writes,
  users: count,
  chaos,
  seed,
  onProgress = () => {},
}: SoakOptions) => {
  const random = randomFrom(seed);
  let clock = 1_000_000;
  let faulty = true;
  let killed = 0;
  const bucket = memoryVersions(() => (clock += Math.floor(random() * CLOCK_STEP_MS)));
  const store = memoryTable();
  const buses = new Map<string, Envelope[]>();
  const users = Array.from({ length: count }, (_, number) => {
    const key = `users/demo/u%2F${number}.json`;
    const user = userOfKey(key, undefined);
    if (!user) throw new Error("the key is a user's");
    buses.set(user.userId, []);
    return { user, engine: modelEngine(bucket, key, user.userId, random) };
  });

  /** A call that may fail before or after it was done, and lets others go first. */
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    const fails = faulty && random() < chaos / 5;
    const isDone = !fails || random() < 0.5;
    const answer = isDone ? await work() : undefined;
    if (!fails) return answer as T;
    killed += 1;
    throw new Error("the invocation died");
  };
  const table = changesTable(
    {
      get: (key) => call(() => store.get(key)),
      putIfVersion: (item, version) => call(() => store.putIfVersion(item, version)),
      putAll: (items) => call(() => store.putAll(items)),
    },
    () => clock,
  );

  /** One invocation; answers the rings that come back. */
  const invoke = async (rings: readonly Ring[]): Promise<Ring[]> => {
    const publisher = makePublisher({
      put: (entries) =>
        call(async () =>
          entries.map(({ detail }) => {
            if (faulty && random() < chaos) return { code: "ThrottlingException", retry: true };
            const envelope = JSON.parse(detail) as Envelope;
            buses.get(envelope.user_id)?.push(envelope);
            return undefined;
          }),
        ),
      sleep: async () => {},
      random,
    });
    const stream = makeStreamUser({
      list: (key, until) => listVersions((...page) => call(() => bucket.readPage(...page)), key, until),
      readFile: async ({ key, userId }, { id }) => {
        const bytes = await call(async () => bucket.read(key, id));
        return bytes && readUserFile(bytes, userId);
      },
      rows: table,
      keepClaim: async () => {},
      publish: ({ entry }) => publisher.publish(entry),
      keepBad: async ({ key }, version, { code }) => {
        throw new Error(`${key} ${version} is bad: ${code}`);
      },
      now: () => clock,
      envelopes: { source: "co.cogo.soak", bytesMax: 1_000, bucket: "changes" },
    });
    const byUser = Map.groupBy(rings, ({ user }) => user.key);
    const back = await Promise.all(
      [...byUser.values()].map((own) =>
        publisher
          .during(() =>
            stream(
              own[0]?.user as UserKey,
              own.map(({ sequencer }) => sequencer),
            ),
          )
          .then(
            () => [],
            () => own,
          ),
      ),
    );
    return back.flat();
  };

  let rings: Ring[] = [];
  const take = (): Ring[] => {
    const taken: Ring[] = [];
    while (taken.length < BATCH && rings.length > 0) {
      const place = Math.floor(random() * rings.length);
      const last = rings.pop();
      const ring = place < rings.length ? rings[place] : last;
      if (place < rings.length && last) rings[place] = last;
      if (ring) taken.push(ring);
    }
    return taken;
  };
  let done = 0;
  while (done < writes || rings.length > 0) {
    const until = Math.min(writes, done + Math.floor(random() * 3 * BATCH));
    for (; done < until; done += 1) {
      const one = users[Math.floor(random() * users.length)];
      one?.engine.step();
      if (!one) continue;
      const ring = { user: one.user, sequencer: (done + 1).toString(16).toUpperCase().padStart(10, "0") };
      rings.push(ring, ...(random() < chaos ? [ring] : []));
      if (done > 0 && done % Math.ceil(writes / 10) === 0) onProgress(`${done} writes`);
    }
    if (done >= writes) faulty = rings.length > writes / 100;
    // Two at once, so that they meet at users.
    const batches = [take(), take()];
    const back = await Promise.all(batches.map((batch) => invoke(batch)));
    rings = [...rings, ...back.flat()];
  }

  const { makeConsumer } = await documentedConsumer();
  const faults: string[] = [];
  let events = 0;
  for (const { user, engine } of users) {
    const bus = buses.get(user.userId) ?? [];
    events += bus.reduce((sum, envelope) => sum + (envelope.events?.length ?? 0), 0);
    try {
      checkOrder(engine.truth, bus);
      checkConsumer(makeConsumer, bus, engine.state, random, user.userId);
    } catch (error) {
      faults.push(`${user.key}: ${error instanceof Error ? error.message : error}`);
    }
    const row = await table.find(user);
    const newest = bucket.versions(user.key).at(-1);
    if (newest && row?.state.applied !== newest.id)
      faults.push(`${user.key}: the newest version is not streamed`);
  }
  return { faults, events, killed, gets: bucket.calls.gets, lists: bucket.calls.lists };
};
