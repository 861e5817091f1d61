// An engine that keeps a file per user in the bucket `changes`: `npm run mock-changes -- --users 100 --writes 1000`.

import { useAws } from "./aws-environment.ts";
import { Chance } from "./mock/chance.ts";
import { type Given, printHelp, readOptions, refuse } from "./options.ts";

const BUCKET = "millrace-local-changes";
const QUEUE = "millrace-local-changes";
/** As many users write at once; one user's writes follow each other, as the engine's lock has it. */
const AT_ONCE = 8;
const LATE_SECONDS_MAX = 60;

type Entry = { write_counter: number; type: "txn" | "responses"; data: unknown; test?: true };
type User = { id: string; key: string; counter: number; from: number; changelog: Entry[]; exists: boolean };

/** A user whose id is one of those that are hard to spell now and then. */
const userOf = (organization: string, number: number): User => {
  const id = number % 10 === 0 ? `user ${number}/ü+` : `user-${number}`;
  const key = `users/${organization}/${encodeURIComponent(id)}.json`;
  return { id, key, counter: 0, from: 0, changelog: [], exists: false };
};

/** The user's next file, or undefined for a delete. */
const nextFile = (user: User, random: () => number): string | undefined => {
  if (user.exists && random() < 0.1) {
    Object.assign(user, { counter: 0, from: 0, changelog: [], exists: false });
    return undefined;
  }
  user.exists = true;
  user.counter += 1;
  for (let entries = 1 + Math.floor(random() * 3); entries > 0; entries -= 1) {
    user.changelog.push({
      write_counter: user.counter,
      type: random() < 0.7 ? "txn" : "responses",
      data: { amount: (random() * 100).toFixed(2) },
      ...(random() < 0.1 ? { test: true } : {}),
    });
  }
  if (user.counter > 1 && random() < 0.1) {
    user.from = user.counter - 1;
    user.changelog = user.changelog.filter(({ write_counter }) => write_counter > user.from);
  }
  const { id, counter, from, changelog } = user;
  return JSON.stringify({ user_id: id, write_counter: counter, changelog_from: from, changelog });
};

export type EngineOptions = {
  users: number;
  writes: number;
  seed: number;
  organization: string;
  put: (key: string, file: string) => Promise<void>;
  remove: (key: string) => Promise<void>;
  /** Called now and then for a key that was changed. */
  ringAgain?: (key: string, random: () => number) => Promise<void>;
  print?: (line: string) => void;
};

/** Writes and deletes so often, over all users; answers the files that are there at the end, by key. */
export const playEngine = async (options: EngineOptions): Promise<ReadonlyMap<string, string>> => {
  const { users: count, writes, seed, organization, put, remove, ringAgain, print = () => {} } = options;
  const chance = new Chance(seed);
  const random = () => chance.next();
  const users = Array.from({ length: count }, (_, number) => userOf(organization, number));
  const files = new Map<string, string>();
  let left = writes;

  const work = async (own: readonly User[]): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (left > 0 && left % 1_000 === 0) print(`${writes - left} of ${writes}`);
      const user = own[Math.floor(random() * own.length)];
      if (!user) return;
      const file = nextFile(user, random);
      if (file === undefined) {
        files.delete(user.key);
        await remove(user.key);
      } else {
        files.set(user.key, file);
        await put(user.key, file);
      }
      if (ringAgain && random() < 0.1) await ringAgain(user.key, random);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, count) }, (_, worker) =>
      work(users.filter((_, number) => number % AT_ONCE === worker)),
    ),
  );
  return files;
};

/** The engine against the local platform; with chaos its changes are notified again, twice, late and in disorder. */
const play = async (
  { chaos, ...values }: Given<"mock-changes">["values"],
  print: (line: string) => void,
): Promise<void> => {
  const [storage, queues] = await Promise.all([import("@aws-sdk/client-s3"), import("@aws-sdk/client-sqs")]);
  const s3 = new storage.S3Client({});
  const sqs = new queues.SQSClient({});
  const { QueueUrl = "" } = chaos ? await sqs.send(new queues.GetQueueUrlCommand({ QueueName: QUEUE })) : {};
  const ringAgain = async (key: string, random: () => number): Promise<void> => {
    const encoded = encodeURIComponent(key).replaceAll("%2F", "/");
    const MessageBody = JSON.stringify({ Records: [{ s3: { object: { key: encoded } } }] });
    for (let times = 0; times < 2; times += 1) {
      const DelaySeconds = Math.floor(random() * LATE_SECONDS_MAX);
      await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
    }
  };
  const files = await playEngine({
    ...values,
    put: async (Key, Body) =>
      void (await s3.send(new storage.PutObjectCommand({ Bucket: BUCKET, Key, Body }))),
    remove: async (Key) => void (await s3.send(new storage.DeleteObjectCommand({ Bucket: BUCKET, Key }))),
    ...(chaos ? { ringAgain } : {}),
    print,
  });
  print(`${values.writes} writes and deletes are done; ${files.size} of ${values.users} users have a file`);
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("mock-changes", argv)) return;
  const { values, faults } = readOptions("mock-changes", argv);
  if (faults.length > 0) return refuse(faults);
  useAws("local", values.endpoint);
  try {
    await play(values, (line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message || error.name : error}\n`);
    process.exitCode = 1;
  }
};

if (import.meta.main) await main();
