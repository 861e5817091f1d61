import assert from "node:assert/strict";
import { once } from "node:events";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { CLIENT_DEFAULTS } from "../common/aws/clients.ts";
import { cleanse } from "../common/cleansing/rules.ts";
import { SERVICE_WRITES_MAX } from "../common/imports/registration.ts";
import { dynamodbTable } from "../common/table/dynamodb-table.ts";
import type { Item, Key, Table, Write } from "../common/table/table.ts";
import { memoryTable } from "../common/table/testing/memory-table.ts";
import { readAccount } from "../common/transactions/changes/read.ts";
import { type TransactionRow, writesOf } from "../common/transactions/loading/file-row.ts";
import { makeDecide } from "../common/transactions/loading/load.ts";
import { findTransactions } from "../common/transactions/reading/find-transactions.ts";
import { highestOf } from "../common/transactions/rows/row.ts";
import { walk } from "../common/transactions/sync/walk.ts";
import { aFileRow, anImport, fileRows, inBatches } from "../common/transactions/testing/files.ts";
import { makeLoaded } from "../common/transactions/testing/loaded.ts";
import { median, type Row } from "./row.ts";

const TABLE = "bench";
const ROUNDS = 7;
const ROWS = 6_000;
const SHOPS = [
  "NETFLIX.COM",
  "CORNER CAFE",
  "REWE MARKT",
  "ACME PAYROLL",
  "CITY ELECTRIC CO",
  "TRANSFER 4711",
];

/** A night's rows of 200 accounts, as a chunk has them: by account and date. */
const night = (count: number, accounts: number): TransactionRow[] =>
  Array.from({ length: count }, (_, number) =>
    aFileRow({
      accountId: `account-${Math.floor((number * accounts) / count)}`,
      transactionId: `2026-${String((number * 7_919) % count).padStart(9, "0")}`,
      postedAt: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
      amount: `-${(number * 7) % 900}.${String((number * 13) % 100).padStart(2, "0")}`,
      description: `${SHOPS[number % SHOPS.length]} ${number % 97}`,
      balance: `${number % 5_000}.00`,
    }),
  );

const rulesOf = (row: Parameters<typeof highestOf>[0]) => {
  const description = highestOf(row)?.content.description ?? "";
  const answer = cleanse(description);
  return answer && { description, ...answer };
};

/** Batches as the chunker cuts them: as many rows as surely fit a transaction. */
const batchesOf = (rows: ReturnType<typeof fileRows>): ReturnType<typeof fileRows>[] => {
  const batches: ReturnType<typeof fileRows>[] = [];
  let writes = 0;
  for (const row of rows) {
    const batch = batches.at(-1);
    const more = writesOf(row.row, batch?.at(-1)?.row);
    if (batch === undefined || writes + more > SERVICE_WRITES_MAX) {
      batches.push([row]);
      writes = writesOf(row.row, undefined);
    } else {
      batch.push(row);
      writes += more;
    }
  }
  return batches;
};

/** Loads rows as the loader does, each batch a transaction; answers how many were added. */
const load = async (
  table: Pick<Table, "getMany" | "queryPage" | "transact">,
  rows: readonly TransactionRow[],
  number: number,
) => {
  const decide = makeDecide({ table, rulesOf, now: () => Date.UTC(2026, 2, 1), register: async () => {} });
  let added = 0;
  for (const batch of batchesOf(fileRows(rows))) {
    const decision = await decide({ import: anImport(number), rows: batch });
    if (decision.writes.length > 0) await table.transact(decision.writes);
    added += decision.added;
  }
  return added;
};

/** The same table as most would write it. */
const libTable = (
  documents: ReturnType<typeof DynamoDBDocumentClient.from>,
): Pick<Table, "getMany" | "queryPage" | "transact"> => {
  const toTransact = (write: Write) => {
    const condition = write.absent
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : write.version === undefined
        ? {}
        : {
            ConditionExpression: "#version = :version",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":version": write.version },
          };
    if ("put" in write) return { Put: { TableName: TABLE, Item: write.put, ...condition } };
    assert("remove" in write);
    return { Delete: { TableName: TABLE, Key: write.remove, ...condition } };
  };
  return {
    getMany: async (keys) => {
      const unique = [...new Map(keys.map(({ pk, sk }) => [`${pk}\n${sk}`, { pk, sk }])).values()];
      const found: Item[] = [];
      for (const Keys of inBatches<Key>(unique, 100)) {
        const { Responses = {} } = await documents.send(
          new BatchGetCommand({ RequestItems: { [TABLE]: { Keys, ConsistentRead: true } } }),
        );
        found.push(...((Responses[TABLE] ?? []) as Item[]));
      }
      return found;
    },
    queryPage: async ({ pk }) => {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName: TABLE,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
        }),
      );
      return { items: Items as Item[] };
    },
    transact: async (writes) => {
      await documents.send(new TransactWriteCommand({ TransactItems: writes.map(toTransact) }));
      return { done: true };
    },
  };
};

const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
};

const loaderRows = async (): Promise<Row[]> => {
  const worker = new Worker(resolve(import.meta.dirname, "stub-store.mjs"));
  const [{ port }] = (await once(worker, "message")) as [{ port: number }];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
  });
  const client = new DynamoDBClient(CLIENT_DEFAULTS);
  const documents = DynamoDBDocumentClient.from(client);
  const asked = async (message: string): Promise<{ count: number; digest: string }> => {
    worker.postMessage(message);
    const [answer] = await once(worker, "message");
    return answer;
  };
  const rows = night(ROWS, 200);
  const loaders = { ours: dynamodbTable(TABLE), lib: libTable(documents) };
  const first: Record<keyof typeof loaders, number[]> = { ours: [], lib: [] };
  const again: number[] = [];
  try {
    const digests = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ["ours", "lib"] as const) {
        await asked("forget");
        first[name].push(await cpuOf(async () => assert.equal(await load(loaders[name], rows, 1), ROWS)));
        if (round === 0) digests.add((await asked("digest")).digest);
        if (name === "ours") {
          again.push(await cpuOf(async () => assert.equal(await load(loaders.ours, rows, 2), 0)));
        }
      }
    }
    assert.equal(digests.size, 1, "the loaders did not write the same items");
    const perSecond = (times: readonly number[]) => (ROWS / median(times)) * 1_000;
    return [
      {
        what: "rows loaded",
        against: "lib-dynamodb",
        ours: perSecond(first.ours),
        theirs: perSecond(first.lib),
        unit: "rows/CPU s",
        ratio: perSecond(first.ours) / perSecond(first.lib),
        goal: "≥ 1.4",
      },
      {
        what: "the same rows again",
        against: "the first time",
        ours: median(again),
        theirs: median(first.ours),
        unit: "ms",
        ratio: median(again) / median(first.ours),
        goal: "≤ 0.35",
      },
    ];
  } finally {
    await worker.terminate();
    client.destroy();
  }
};

const sizeOf = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum +
      name.length +
      (typeof value === "string" ? Buffer.byteLength(value) : typeof value === "number" ? 8 : value.length),
    0,
  );

/** Counts what reads cost, all of them consistent: 1 for each 4 KB begun, of a query or of an item of a BatchGet. */
const counted = (table: Table) => {
  const units = (items: readonly Item[], each: boolean): number =>
    each
      ? items.reduce((sum, item) => sum + Math.ceil(sizeOf(item) / 4_096), 0)
      : Math.max(1, Math.ceil(items.reduce((sum, item) => sum + sizeOf(item), 0) / 4_096));
  const cost = { units: 0, calls: 0 };
  const count = <T>(answer: T, items: readonly Item[], each: boolean): T => {
    cost.calls += 1;
    cost.units += units(items, each);
    return answer;
  };
  const store: Table = {
    ...table,
    get: async (key, options) => {
      const item = await table.get(key, options);
      return count(item, item ? [item] : [], true);
    },
    getMany: async (keys, options) => {
      const items = await table.getMany(keys, options);
      return count(items, items, true);
    },
    queryPage: async (options) => {
      const page = await table.queryPage(options);
      return count(page, page.items, false);
    },
  };
  return { store, cost };
};

/** One account's list, sorted once: the memory table sorts an index with each query. */
const sortedList = (items: readonly Item[]): Pick<Table, "queryPage"> => {
  const rows = items
    .filter(({ byDate }) => byDate !== undefined)
    .sort((one, other) => (String(one.byDate) < String(other.byDate) ? 1 : -1));
  const places = new Map(rows.map((row, place) => [String(row.byDate), place]));
  return {
    queryPage: async ({ after, limit = rows.length }) => {
      const start = after === undefined ? 0 : (places.get(JSON.parse(after)[0]) ?? 0) + 1;
      const page = rows.slice(start, start + limit);
      const last = page.at(-1);
      return last && start + limit < rows.length
        ? { items: page, next: JSON.stringify([last.byDate, last.pk, last.sk]) }
        : { items: page };
    },
  };
};

const pageRows = async (): Promise<Row[]> => {
  const accountOf = async (count: number) => {
    const loaded = makeLoaded();
    await loaded.load(night(count, 1));
    const account = await readAccount(loaded.table, "demo", "account-0");
    assert(account);
    const { store, cost } = counted({ ...loaded.table, ...sortedList(loaded.items()) });
    const page = async (after?: string) => {
      const found = await findTransactions(store, {
        account,
        order: "desc",
        matches: () => true,
        limit: 25,
        after,
        now: () => 0,
      });
      assert.equal(found.items.length, 25);
      return found.next;
    };
    const second = await page();
    cost.units = 0;
    await page(second);
    const times: number[] = [];
    const units = cost.units;
    return {
      units,
      times,
      round: async () =>
        times.push(
          await cpuOf(async () => {
            for (let number = 0; number < 400; number += 1) await page(second);
          }),
        ),
    };
  };
  const [large, small] = [await accountOf(200_000), await accountOf(100)];
  for (let round = 0; round < ROUNDS; round += 1) {
    await small.round();
    await large.round();
  }
  const [ours, theirs] = [median(large.times) / 400, median(small.times) / 400];
  const against = "at 100";
  return [
    {
      what: "a page of 25 at 200,000 transactions",
      against,
      ours: large.units,
      theirs: small.units,
      unit: "RCU",
      ratio: large.units / small.units,
      goal: "≤ 1.1",
    },
    {
      what: "a page of 25 at 200,000 transactions",
      against,
      ours,
      theirs,
      unit: "ms",
      ratio: ours / theirs,
      goal: "≤ 1.1",
    },
  ];
};

const syncRows = async (): Promise<Row[]> => {
  const loaded = makeLoaded();
  await loaded.load(night(1_000, 1));
  await loaded.own("account-0");
  const { store, cost } = counted(loaded.table);
  let accounts: Parameters<typeof walk>[1]["accounts"] = new Map();
  let changes = 0;
  for (let hasMore = true; hasMore; ) {
    const page = await walk(store, {
      organizationId: "demo",
      userId: "ann",
      accounts,
      limit: 500,
      isLate: () => false,
    });
    changes += page.changes.added.length;
    ({ accounts, hasMore } = page);
  }
  assert.equal(changes, 1_000);
  const walked = cost.units;
  cost.units = 0;
  await walk(store, { organizationId: "demo", userId: "ann", accounts, limit: 500, isLate: () => false });
  return [
    {
      what: "1,000 changes synced",
      against: "the limit",
      ours: walked,
      theirs: 60,
      unit: "RCU",
      ratio: walked,
      goal: "≤ 60",
    },
    {
      what: "an idle sync of one account",
      against: "its list, and one an account",
      ours: cost.units,
      theirs: 2,
      unit: "RCU",
      ratio: cost.units / 2,
      goal: "≤ 1",
    },
  ];
};

/** Write units of a row that is new, by how many of one account share a transaction: two for each KB, and one in the index. */
const costRows = async (): Promise<Row[]> =>
  Promise.all(
    [1, 2, 5, 10, 30].map(async (rows): Promise<Row> => {
      const table = memoryTable();
      const lists = inBatches(night(rows * 20, 1), rows);
      let units = 0;
      for (const [place, batch] of lists.entries()) {
        const decide = makeDecide({ table, rulesOf, now: () => 0, register: async () => {} });
        const { writes } = await decide({ import: anImport(place + 1), rows: fileRows(batch) });
        for (const write of writes) {
          if (!("put" in write)) continue;
          const kilobytes = Math.ceil(sizeOf(write.put) / 1_024);
          units += 2 * kilobytes + (write.put.byDate === undefined ? 0 : kilobytes);
        }
        await table.transact(writes);
      }
      const each = units / (rows * 20);
      return {
        what: `write units a new row, ${rows} of an account at once`,
        against: "design",
        ours: each,
        theirs: 5.8,
        unit: "WCU",
        ratio: each,
        goal: "≤ 5.8",
      };
    }),
  );

export const run = async (): Promise<Row[]> => [
  ...(await loaderRows()),
  ...(await pageRows()),
  ...(await syncRows()),
  ...(await costRows()),
];
