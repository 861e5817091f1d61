import type { TableStreams } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { AwsError, StartError } from "../port/errors.ts";
import {
  type Input,
  isRecord,
  type Output,
  optionalFlag,
  optionalInteger,
  optionalText,
  record,
  records,
  text,
} from "../port/input.ts";
import type { Call, Operation, OperationService } from "../port/service.ts";
import { checked, createStore, type OperationName, perform, type Store } from "./dynalite.ts";
import { updateIndexes } from "./index-updates.ts";
import { openStreams } from "./streams.ts";
import { indexKey, itemKey, openTables, under, VIEW_TYPES } from "./tables.ts";
import { indexExpiries, sweepExpired } from "./time-to-live.ts";
import { actionOf, makeTransactions, RIGHT_OF } from "./transactions.ts";
import { readByChunk } from "./value-stream.ts";
import { batchWriteItem, expireItem, writeItem } from "./writes.ts";

const SWEEP_MS = 2_000;
const HOUSEKEEPING_MS = 60_000;

const openLevel = async (folder: string, region: string): Promise<Store> => {
  const store = createStore(folder, region);
  try {
    await store.db.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      /lock/i.test(reason)
        ? "The local tables are in use by another platform on the same data; stop it first."
        : `The local tables are damaged (${reason.replace(folder, "tables")}); \`npm start -- --fresh\` starts empty.`,
      { cause: error },
    );
  }
  return store;
};

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
  const transactions = makeTransactions(engine, now);

  const reading: Store = {
    ...store,
    getItemDb: (name) => readByChunk(store.db, itemKey(name, ""), store.getItemDb(name)),
    getIndexDb: (type, name, index) =>
      readByChunk(store.db, indexKey(type, name, index, ""), store.getIndexDb(type, name, index)),
    getTable: (name, checkStatus, done) => {
      const answer = typeof checkStatus === "function" ? checkStatus : done;
      const remembered = tables.known.get(name);
      if (remembered) answer?.(null, remembered);
      else store.getTable(name, checkStatus, done);
    },
  };
  // Dynalite finds what to delete by walking every key of every table.
  const administering: Store = Object.assign(
    { ...store },
    {
      deleteTagDb: (name: string, done: (error: unknown) => void) =>
        void store.db.clear(under(`tag-${name}~`)).then(() => done(null), done),
      deleteItemDb: (name: string, done: (error: unknown) => void) =>
        void store.db.clear(under(`item-${name}~`)).then(() => done(null), done),
      deleteIndexDb: (type: string, name: string, index: string, done: (error: unknown) => void) =>
        void store.db
          .clear(under(`index-${type.toLowerCase()}~${name}~${index}~`))
          .then(() => done(null), done),
    },
  );

  const authorize = (call: Call, action: string, name: string, index?: string) =>
    call.authorize(`dynamodb:${action}`, `${tables.arn(name)}${index ? `/index/${index}` : ""}`);

  const reader =
    (name: OperationName): Operation =>
    (input, call) => {
      authorize(call, name, text(input, "TableName"), optionalText(input, "IndexName"));
      return perform(name, checked(name, input, reading), reading);
    };
  const writer =
    (name: OperationName): Operation =>
    (input, call) => {
      authorize(call, name, text(input, "TableName"));
      return writeItem(engine, name, input);
    };

  const streamOf = (input: Input) => {
    const specification = record(input, "StreamSpecification");
    if (!optionalFlag(specification, "StreamEnabled")) return undefined;
    const viewType = VIEW_TYPES.find((type) => type === specification.StreamViewType);
    if (!viewType)
      throw new AwsError("ValidationException", "StreamSpecification: StreamViewType is required");
    return { viewType, label: new Date(now()).toISOString().replace("Z", "") };
  };

  const described = (description: unknown): Output => {
    if (!isRecord(description)) return {};
    const name = String(description.TableName);
    const { stream } = tables.extras(name);
    return stream
      ? {
          ...description,
          StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
          LatestStreamLabel: stream.label,
          LatestStreamArn: `${tables.arn(name)}/stream/${stream.label}`,
        }
      : description;
  };

  const administer = async (name: OperationName, input: Input): Promise<Output> => {
    const data = checked(name, input, store);
    tables.forget(text(input, "TableName"));
    const output = await perform(name, data, administering);
    tables.forget(text(input, "TableName"));
    return output;
  };

  const timeToLive = (name: string): Output => {
    const attribute = tables.extras(name).timeToLive;
    return attribute
      ? { TimeToLiveStatus: "ENABLED", AttributeName: attribute }
      : { TimeToLiveStatus: "DISABLED" };
  };

  const operations: Record<string, Operation> = {
    GetItem: reader("GetItem"),
    Query: reader("Query"),
    Scan: reader("Scan"),
    PutItem: writer("PutItem"),
    UpdateItem: writer("UpdateItem"),
    DeleteItem: writer("DeleteItem"),
    BatchGetItem: (input, call) => {
      for (const name of Object.keys(record(input, "RequestItems"))) authorize(call, "BatchGetItem", name);
      return perform("BatchGetItem", checked("BatchGetItem", input, reading), reading);
    },
    BatchWriteItem: (input, call) => {
      for (const name of Object.keys(record(input, "RequestItems"))) authorize(call, "BatchWriteItem", name);
      return batchWriteItem(engine, input);
    },
    TransactWriteItems: (input, call) => {
      for (const entry of records(input, "TransactItems")) {
        const { kind, input: action } = actionOf(entry);
        authorize(call, RIGHT_OF[kind], text(action, "TableName"));
      }
      return transactions.transactWrite(input);
    },
    TransactGetItems: (input, call) => {
      for (const entry of records(input, "TransactItems")) {
        authorize(call, "GetItem", text(record(entry, "Get"), "TableName"));
      }
      return transactions.transactGet(input);
    },
    ListTables: async (input, call) => {
      call.authorize("dynamodb:ListTables", "*");
      const after = optionalText(input, "ExclusiveStartTableName") ?? "";
      const limit = optionalInteger(input, "Limit", { min: 1, max: 100 }) ?? 100;
      const names = (await tables.names()).filter((name) => name > after);
      const TableNames = names.slice(0, limit);
      const last = TableNames.at(-1);
      return { TableNames, ...(names.length > limit && last ? { LastEvaluatedTableName: last } : {}) };
    },
    DescribeTable: async (input, call) => {
      authorize(call, "DescribeTable", text(input, "TableName"));
      const output = await perform("DescribeTable", checked("DescribeTable", input, store), store);
      return { Table: described(output.Table) };
    },
    CreateTable: async (input, call) => {
      const name = text(input, "TableName");
      authorize(call, "CreateTable", name);
      const stream = streamOf(input);
      const output = await administer("CreateTable", input);
      await tables.saveExtras(name, stream ? { stream } : {});
      return { TableDescription: described(output.TableDescription) };
    },
    UpdateTable: async (input, call) => {
      const name = text(input, "TableName");
      authorize(call, "UpdateTable", name);
      if (input.StreamSpecification) {
        const { stream: _, ...others } = tables.extras(name);
        const stream = streamOf(input);
        await tables.saveExtras(name, stream ? { ...others, stream } : others);
      }
      const indexed = await updateIndexes(engine, input);
      const changed = input.BillingMode !== undefined || input.ProvisionedThroughput !== undefined;
      const output =
        changed && !indexed
          ? (await administer("UpdateTable", input)).TableDescription
          : (await perform("DescribeTable", checked("DescribeTable", { TableName: name }, store), store))
              .Table;
      return { TableDescription: described(output) };
    },
    DeleteTable: async (input, call) => {
      const name = text(input, "TableName");
      authorize(call, "DeleteTable", name);
      const output = await administer("DeleteTable", input);
      const description = described(output.TableDescription);
      await tables.clear(name);
      return { TableDescription: description };
    },
    DescribeTimeToLive: async (input, call) => {
      const name = text(input, "TableName");
      authorize(call, "DescribeTimeToLive", name);
      await tables.get(name);
      return { TimeToLiveDescription: timeToLive(name) };
    },
    UpdateTimeToLive: async (input, call) => {
      const name = text(input, "TableName");
      authorize(call, "UpdateTimeToLive", name);
      await tables.get(name);
      const specification = record(input, "TimeToLiveSpecification");
      const attribute = text(specification, "AttributeName");
      const enabled = optionalFlag(specification, "Enabled");
      const { timeToLive: before, ...others } = tables.extras(name);
      if (enabled === (before !== undefined)) {
        throw new AwsError(
          "ValidationException",
          `TimeToLive is already ${enabled ? "enabled" : "disabled"}`,
        );
      }
      await tables.saveExtras(name, enabled ? { ...others, timeToLive: attribute } : others);
      if (enabled) await indexExpiries(store.db, name, attribute);
      return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } };
    },
    TagResource: (input) => perform("TagResource", checked("TagResource", input, store), store),
    UntagResource: (input) => perform("UntagResource", checked("UntagResource", input, store), store),
    ListTagsOfResource: (input) =>
      perform("ListTagsOfResource", checked("ListTagsOfResource", input, store), store),
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
        await transactions.forgetTokens();
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
      operations,
      close: async () => {
        await Promise.all(timers.map((stop) => stop()));
        await streams.close();
        await new Promise<void>((resolve) => store.lifecycleManager.gracefulClose(() => resolve()));
      },
    },
  };
};

/** Repeats a piece of work, never two at a time; the answer stops it and waits for the one under way. */
const everyNow = (ms: number, work: () => Promise<void>, failed: (error: unknown) => void) => {
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => {
    underWay ??= work()
      .catch(failed)
      .finally(() => {
        underWay = undefined;
      });
  }, ms).unref();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
};
