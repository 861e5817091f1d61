import type { TableStreams } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import type { OperationService } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { createTable } from "./create-table.ts";
import { deleteTable } from "./delete-table.ts";
import { describeTable } from "./describe-table.ts";
import { everyNow } from "./every-now.ts";
import { listTables } from "./list-tables.ts";
import { batchGetItem, readItems } from "./read-items.ts";
import { requestTokens } from "./request-tokens.ts";
import { administeringStore, openLevel, readingStore } from "./stores.ts";
import { openStreams } from "./streams.ts";
import { tableTags } from "./table-tags.ts";
import { openTables } from "./tables.ts";
import { sweepExpired } from "./time-to-live.ts";
import { transactGetItems } from "./transact-get-items.ts";
import { transactWriteItems } from "./transact-write-items.ts";
import { updateTable } from "./update-table.ts";
import { describeTimeToLive, updateTimeToLive } from "./update-time-to-live.ts";
import { batchWriteItems, writeItems } from "./write-items.ts";
import { expireItem } from "./writes.ts";

const SWEEP_MS = 2_000;
const HOUSEKEEPING_MS = 60_000;

export type DynamoDb = { service: OperationService; streams: TableStreams; sweep: () => Promise<void> };

export const openDynamoDb = async (
  folder: string,
  arns: Arns,
  log: (error: unknown, work: string) => void,
  now: () => number = Date.now,
): Promise<DynamoDb> => {
  const store = await openLevel(folder, arns.region);
  const tables = await openTables(store, arns);
  const streams = await openStreams(store.db, tables, arns, now);
  const engine = { store, tables, streams };
  const tokens = requestTokens(store.db, now);
  const context: DynamoDbContext = {
    engine,
    reading: readingStore(store, tables),
    administering: administeringStore(store),
    now,
    authorize: (call, action, name, index) =>
      call.authorize(`dynamodb:${action}`, `${tables.arn(name)}${index ? `/index/${index}` : ""}`),
  };

  const sweep = () =>
    sweepExpired(store.db, tables, Math.floor(now() / 1000), (table, key, entry, isDue) =>
      expireItem(engine, table, key, entry, isDue),
    );
  const timers = [
    everyNow(SWEEP_MS, sweep, (error) => log(error, "time to live")),
    everyNow(
      HOUSEKEEPING_MS,
      async () => {
        await streams.trim();
        await tokens.forget();
      },
      (error) => log(error, "housekeeping"),
    ),
  ];

  return {
    streams: streams.contract,
    sweep,
    service: {
      kind: "operations",
      name: "dynamodb",
      protocols: ["json"],
      targets: ["DynamoDB_20120810"],
      errorPrefix: "com.amazonaws.dynamodb.v20120810#",
      jsonVersion: "1.0",
      inputError: { missing: "ValidationException", invalid: "ValidationException" },
      throttling: { code: "ProvisionedThroughputExceededException", status: 400 },
      unknownOperation: { code: "UnknownOperationException", status: 400 },
      xmlNamespace: "",
      operations: {
        GetItem: readItems(context, "GetItem"),
        Query: readItems(context, "Query"),
        Scan: readItems(context, "Scan"),
        BatchGetItem: batchGetItem(context),
        PutItem: writeItems(context, "PutItem"),
        UpdateItem: writeItems(context, "UpdateItem"),
        DeleteItem: writeItems(context, "DeleteItem"),
        BatchWriteItem: batchWriteItems(context),
        TransactWriteItems: transactWriteItems(context, tokens),
        TransactGetItems: transactGetItems(context),
        ListTables: listTables(context),
        DescribeTable: describeTable(context),
        CreateTable: createTable(context),
        UpdateTable: updateTable(context),
        DeleteTable: deleteTable(context),
        DescribeTimeToLive: describeTimeToLive(context),
        UpdateTimeToLive: updateTimeToLive(context),
        TagResource: tableTags(context, "TagResource"),
        UntagResource: tableTags(context, "UntagResource"),
        ListTagsOfResource: tableTags(context, "ListTagsOfResource"),
      },
      close: async () => {
        await Promise.all(timers.map((stop) => stop()));
        await streams.close();
        await new Promise<void>((resolve) => store.lifecycleManager.gracefulClose(() => resolve()));
      },
    },
  };
};
