import { createRequire } from "node:module";
import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, type Output } from "../port/input.ts";
import { checkNesting } from "./values.ts";

/**
 * Dynalite's own modules, used below its HTTP server: the checks of an operation, then its action on a store.
 * Calling them directly spares a second parse of every body. It also lets a write use a store of our own
 * (write-view.ts), which puts item, indexes and stream record into LevelDB as one batch. This depends on
 * internals of version 4.0.0, which package.json pins; the acceptance suite fails if they change.
 */
export type Item = Record<string, Record<string, unknown>>;
type KeySchema = { AttributeName: string; KeyType: string }[];
export type Index = {
  IndexName: string;
  IndexStatus?: string;
  KeySchema: KeySchema;
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
};
export type Table = {
  TableName: string;
  TableStatus: string;
  KeySchema: KeySchema;
  GlobalSecondaryIndexes?: Index[];
  LocalSecondaryIndexes?: Index[];
  [field: string]: unknown;
};
export type Done<T> = (error: unknown, value?: T) => void;
export type SubStore = {
  get(key: string, done: Done<Item>): void;
  put(key: string, value: Item, done: Done<void>): void;
  del(key: string, done: Done<void>): void;
  lock: Lock;
};
export type Release = <A extends unknown[]>(done: (...values: A) => void) => (...values: A) => void;
type Lock = (key: string, run: (release: Release) => void) => void;
export type BatchOperation = { type: "put"; key: string; value: unknown } | { type: "del"; key: string };
export type Level = {
  open(): Promise<void>;
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  batch(operations: BatchOperation[]): Promise<void>;
  clear(range: Range): Promise<void>;
  keys(range: Range): AsyncIterable<string>;
  values(range: Range): { nextv(count: number): Promise<unknown[]>; close(): Promise<void> };
  /** All values that we store under one prefix have one type, which the caller names. */
  iterator<T>(range: Range): AsyncIterable<[string, T]>;
};
export type Range = {
  gte?: string;
  gt?: string;
  lt?: string;
  lte?: string;
  limit?: number;
  reverse?: boolean;
};
export type Store = {
  db: Level;
  tableDb: SubStore & { awsAccountId: string; awsRegion: string };
  options: { maxItemSize: number };
  getItemDb(table: string): SubStore;
  getIndexDb(type: string, table: string, index: string): SubStore;
  getTable(name: string, checkStatus: boolean | Done<Table>, done?: Done<Table>): void;
  lifecycleManager: { gracefulClose(done: Done<void>): void };
};
type Action = (store: Store, data: Input, done: Done<Output>) => void;
type Rules = { types: unknown; custom?: unknown };

const require = createRequire(import.meta.url);
const database: {
  create(options: object): Store;
  createKey(keyOrItem: unknown, table: Table): string;
  validateItem(item: unknown, table: Table): Error | null | undefined;
  validateKey(key: unknown, table: Table): Error | null | undefined;
  checkConditional(data: unknown, existing: Item | undefined): Error | null | undefined;
  itemSize(item: unknown): number;
  getIndexActions(
    indexes: { IndexName: string }[],
    existing: Item | undefined,
    item: Item | undefined,
    table: Table,
  ): { puts: { index: string; key: string; item: Item }[] };
} = require("dynalite/db");
const checks: {
  checkTypes(data: Input, types: unknown): Input;
  checkValidations(data: Input, types: unknown, custom: unknown, store: Store): void;
} = require("dynalite/validations");

export const { createKey, validateItem, validateKey, checkConditional, itemSize } = database;
export const indexActions = database.getIndexActions;

const OPERATIONS = [
  "BatchGetItem",
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "PutItem",
  "Query",
  "Scan",
  "TagResource",
  "UntagResource",
  "ListTagsOfResource",
  "UpdateItem",
  "UpdateTable",
] as const;
export type OperationName = (typeof OPERATIONS)[number];

const loaded = new Map(
  OPERATIONS.map((name) => {
    const file = name.charAt(0).toLowerCase() + name.slice(1);
    const action: Action = require(`dynalite/actions/${file}`);
    const rules: Rules = require(`dynalite/validations/${file}`);
    return [name, { action, rules }] as const;
  }),
);

/** Dynalite reads the region of its ARNs once, from the environment, when a store is made. */
export const createStore = (path: string, region: string): Store => {
  const before = process.env.AWS_REGION;
  process.env.AWS_REGION = region;
  try {
    return database.create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  } finally {
    if (before === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = before;
  }
};

const hasBody = (error: unknown): error is Error & { statusCode: number; body: Record<string, unknown> } =>
  error instanceof Error && "statusCode" in error && "body" in error && isRecord(error.body);

/** Dynalite's errors carry the JSON body of AWS's. */
export const toAwsError = (error: unknown): unknown => {
  if (!hasBody(error)) return error;
  const { __type, message, Message, ...fields } = error.body;
  return new AwsError(String(__type).replace(/^.*#/, ""), String(message ?? Message ?? ""), {
    status: error.statusCode,
    fields,
  });
};

/**
 * Throws AWS's error for a malformed request; returns the request with the values that dynalite derives from
 * it.
 */
export const checked = (name: OperationName, input: Input, store: Store): Input => {
  const entry = loaded.get(name);
  if (!entry) throw new AwsError("UnknownOperationException", "");
  const { types, custom } = entry.rules;
  // This check runs before dynalite's own, because a very deep value would exhaust their recursion.
  checkNesting(input.Item);
  checkNesting(input.ExpressionAttributeValues);
  try {
    const data = checks.checkTypes({ ...input }, types);
    checks.checkValidations(data, types, custom, store);
    return data;
  } catch (error) {
    throw toAwsError(error);
  }
};

export const perform = (name: OperationName, data: Input, store: Store): Promise<Output> =>
  new Promise((resolve, reject) => {
    loaded
      .get(name)
      ?.action(store, data, (error, output) => (error ? reject(toAwsError(error)) : resolve(output ?? {})));
  });
