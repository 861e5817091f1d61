import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentedConsumer, type Envelope } from "#common/changes/testing/consumer.ts";
import { eventually } from "#common/testing/eventually.ts";
import { playEngine } from "../../scripts/mock-changes.ts";
import { watchBus } from "../../scripts/watch-bus.ts";
import { clientsFor } from "../aws/testing/port.ts";
import { type System, startSystem } from "../testing/system.ts";

const Bucket = "millrace-local-changes";
const ORGANIZATION = "engine";

let system: System;
const stopped = new AbortController();
const heard: { type: string; detail: Envelope & { replay?: string } }[] = [];
let watching: Promise<void>;

beforeAll(async () => {
  system = await startSystem({ pace: 0.01 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: system.platform.awsUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  watching = watchBus("co.cogo", stopped.signal, (line) => {
    const [, , type = "", detail = ""] = /^(\S+) \S+ (\S+) (.*)$/.exec(line) ?? [];
    heard.push({ type, detail: JSON.parse(detail) });
  });
  await eventually(
    async () => {
      await clientsFor(system.platform.awsUrl).s3.send(
        new PutObjectCommand({ Bucket, Key: "users/first/u1.json", Body: first(heard.length) }),
      );
      return heard.length;
    },
    (count) => count > 0,
    60_000,
  );
}, 120_000);
afterAll(async () => {
  stopped.abort();
  await watching;
  await system.stop();
});

const first = (write_counter: number): string =>
  JSON.stringify({
    user_id: "u1",
    write_counter: write_counter + 1,
    changelog: [{ write_counter: 1, type: "txn", data: { amount: "22.00" } }],
  });

type File = {
  user_id: string;
  write_counter: number;
  changelog: { write_counter: number; test?: boolean }[];
};

/** What is wrong with what a consumer holds, against the files. */
const faultsOf = async (
  files: ReadonlyMap<string, string>,
  userIds: readonly string[],
): Promise<string[]> => {
  const consumer = (await documentedConsumer()).makeConsumer();
  for (const { type, detail } of heard) if (type === "persistence") consumer.receive(structuredClone(detail));
  const byUser = new Map(
    [...files.values()].map((text) => JSON.parse(text) as File).map((file) => [file.user_id, file]),
  );
  return userIds.flatMap((userId) =>
    [false, true].flatMap((isTest) => {
      const held = consumer.lane(ORGANIZATION, userId, isTest);
      const file = byUser.get(userId);
      if (!file) return held && !held.deleted ? [`${userId} lives`] : [];
      const wanted = file.changelog.filter(({ test = false }) => test === isTest).length;
      const entries = (held?.entries ?? []) as unknown as { write_counter: number }[];
      const has = entries.filter(({ write_counter }) =>
        file.changelog.some((one) => one.write_counter === write_counter),
      ).length;
      return has === wanted ? [] : [`${userId} has ${has} of ${wanted} entries`];
    }),
  );
};

describe("an engine that writes, deletes, rewrites and forgets", () => {
  it("is followed by a consumer of the bus to exactly its files", async () => {
    const { s3 } = clientsFor(system.platform.awsUrl);
    const files = await playEngine({
      users: 20,
      writes: 200,
      seed: 7,
      organization: ORGANIZATION,
      put: async (Key, Body) => {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      },
      remove: async (Key) => {
        await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      },
    });
    const userIds = Array.from({ length: 20 }, (_, number) =>
      number % 10 === 0 ? `user ${number}/ü+` : `user-${number}`,
    );

    const faults = await eventually(
      () => faultsOf(files, userIds),
      (found) => found.length === 0,
      120_000,
    );

    expect(faults).toEqual([]);
    expect(files.size).toBeGreaterThan(0);
  }, 180_000);

  it("is read again by a replay, under the same ids and apart from what is new", async () => {
    const token = await system.token(["admin"], { organizationId: ORGANIZATION });
    const started = await system.call("POST /changes/replays", {
      token,
      body: { all: true, ratePerSecond: 500 },
    });
    const { id } = started.body as { id: string };

    const ended = await eventually(
      () => system.call(`GET /changes/replays/${id}`, { token }),
      ({ body }) => (body as { state: string }).state !== "running",
      60_000,
    );
    const { users, usersDone, events, state } = ended.body as Record<string, number | string>;
    expect([state, users]).toEqual(["succeeded", usersDone]);
    const idsOf = (type: string) =>
      new Set(
        heard.flatMap((one) =>
          one.type === type && one.detail.organization_id === ORGANIZATION
            ? one.detail.events.map((event) => event.id)
            : [],
        ),
      );
    const again = await eventually(
      async () => idsOf("persistence_replay"),
      (found) => found.size === events,
      60_000,
    );
    expect([...again].filter((one) => !idsOf("persistence").has(one))).toEqual([]);
  }, 120_000);
});
