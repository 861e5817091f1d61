import { createHash } from "node:crypto";
import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, type Output, optionalText, records } from "../port/input.ts";
import {
  type BatchOperation,
  checkConditional,
  checked,
  createKey,
  type Item,
  type OperationName,
  perform,
  type Store,
  toAwsError,
  validateItem,
  validateKey,
} from "./dynalite.ts";
import { under } from "./tables.ts";
import { makeWriteView, operationsOf } from "./write-view.ts";
import { type Engine, lockItem, readItem, tableNameOf } from "./writes.ts";

const TOKEN_MS = 10 * 60 * 1000;
const ACTIONS = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "DeleteItem",
} as const;
type ActionName = keyof typeof ACTIONS;
const isActionName = (name: string): name is ActionName => name in ACTIONS;

/** What a caller needs for each action of a transaction. */
export const RIGHT_OF: Record<ActionName, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

type Reason = { Code: string; Message?: string; Item?: Item };
const NONE: Reason = { Code: "None" };
type Step = {
  kind: ActionName;
  operation: OperationName;
  table: string;
  key: string;
  data: Input;
  showOld: boolean;
};

const invalid = (message: string) => new AwsError("ValidationException", message);

/** The one action of an entry of `TransactItems`. */
export const actionOf = (entry: Input): { kind: ActionName; input: Input } => {
  const [found, ...more] = Object.entries(entry).filter(([, value]) => value !== undefined && value !== null);
  if (!found || more.length > 0 || !isActionName(found[0]) || !isRecord(found[1])) {
    throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  return { kind: found[0], input: found[1] };
};

const canceled = (reasons: Reason[]) =>
  new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(", ")}]`,
    { fields: { CancellationReasons: reasons } },
  );

const toReason = (error: unknown, seen: Item | undefined): Reason => {
  if (!(error instanceof AwsError)) throw error;
  if (error.code === "ConditionalCheckFailedException") {
    return { Code: "ConditionalCheckFailed", Message: error.message, ...(seen ? { Item: seen } : {}) };
  }
  if (error.code === "ValidationException") return { Code: "ValidationError", Message: error.message };
  throw error;
};

const withLocks = async <T>(store: Store, items: { table: string; key: string }[], run: () => Promise<T>) => {
  const unlocks = await Promise.all(items.map(({ table, key }) => lockItem(store, table, key)));
  try {
    return await run();
  } finally {
    for (const unlock of unlocks) unlock();
  }
};

const refuseRepeated = (items: { table: string; key: string }[]) => {
  const names = new Set(items.map(({ table, key }) => `${table}/${key}`));
  if (names.size < items.length) {
    throw invalid("Transaction request cannot include multiple operations on one item");
  }
};

const entriesOf = (input: Input) => {
  const entries = records(input, "TransactItems");
  if (entries.length < 1 || entries.length > 100) {
    throw invalid(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${entries.length < 1 ? "greater than or equal to 1" : "less than or equal to 100"}`,
    );
  }
  return entries;
};

/**
 * Transactions, which dynalite lacks. All items are locked, each action runs against a view that only
 * collects, and if none objects all writes go into LevelDB as one batch: all or nothing, a kill included.
 * The client's token is part of that batch, so a repetition is recognized after a restart too.
 */
export const makeTransactions = (engine: Engine, now: () => number) => {
  const { store, tables, streams } = engine;
  const running = new Set<string>();

  const prepare = async (entry: Input): Promise<Step | Reason> => {
    const { kind, input } = actionOf(entry);
    const operation = ACTIONS[kind];
    const data = checked(operation, input, store);
    if (kind === "ConditionCheck" && !optionalText(input, "ConditionExpression")) {
      throw invalid("The expression can not be empty;");
    }
    const name = tableNameOf(data);
    const table = await tables.get(name);
    const refusal = kind === "Put" ? validateItem(data.Item, table) : validateKey(data.Key, table);
    if (refusal) return toReason(toAwsError(refusal), undefined);
    const key = createKey(kind === "Put" ? data.Item : data.Key, table);
    const showOld = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    return { kind, operation, table: name, key, data, showOld };
  };

  const runStep = async (step: Step) => {
    const operations: BatchOperation[] = [];
    const finished: (() => { operations: BatchOperation[]; landed: () => void })[] = [];
    const description = await tables.get(step.table);
    const view = makeWriteView(
      store,
      tables,
      async (written, indexes) => {
        finished.push(() => operationsOf(written, indexes, description, tables, streams, false));
      },
      true,
    );
    let seen: Item | undefined;
    try {
      if (step.kind === "ConditionCheck") {
        seen = await readItem(store, step.table, step.key);
        const refusal = checkConditional(step.data, seen);
        if (refusal) throw toAwsError(refusal);
      } else {
        await perform(step.operation, step.data, view.store);
      }
      return { reason: NONE, finished, operations };
    } catch (error) {
      return {
        reason: toReason(error, step.showOld ? (view.seen ?? seen) : undefined),
        finished,
        operations,
      };
    }
  };

  const commit = async (steps: Step[], token: BatchOperation[]) => {
    const results = await Promise.all(steps.map(runStep));
    if (results.some(({ reason }) => reason !== NONE)) throw canceled(results.map(({ reason }) => reason));
    const writes = results.flatMap(({ finished }) => finished.map((finish) => finish()));
    try {
      await store.db.batch([...writes.flatMap(({ operations }) => operations), ...token]);
    } finally {
      for (const { landed } of writes) landed();
    }
  };

  const transactWrite = async (input: Input): Promise<Output> => {
    const entries = entriesOf(input);
    const prepared = await Promise.all(entries.map(prepare));
    const isStep = (one: Step | Reason): one is Step => "kind" in one;
    if (!prepared.every(isStep)) throw canceled(prepared.map((one) => (isStep(one) ? NONE : one)));
    refuseRepeated(prepared);

    const token = optionalText(input, "ClientRequestToken");
    if (token === undefined) {
      await withLocks(store, prepared, () => commit(prepared, []));
      return {};
    }
    const hash = createHash("sha256").update(JSON.stringify(entries)).digest("base64");
    const stored = `token~${token}`;
    const before = await store.db.get(stored).catch(() => undefined);
    if (isRecord(before) && Number(before.at) > now() - TOKEN_MS) {
      if (before.hash === hash) return {};
      throw new AwsError(
        "IdempotentParameterMismatchException",
        "The request uses the same client token as a previous, but non-identical request.",
      );
    }
    if (running.has(token)) {
      throw new AwsError(
        "TransactionInProgressException",
        "The transaction with the given request token is already in progress.",
      );
    }
    running.add(token);
    try {
      const remember: BatchOperation = { type: "put", key: stored, value: { hash, at: now() } };
      await withLocks(store, prepared, () => commit(prepared, [remember]));
    } finally {
      running.delete(token);
    }
    return {};
  };

  const transactGet = async (input: Input): Promise<Output> => {
    const gets = await Promise.all(
      entriesOf(input).map(async (entry) => {
        const data = checked("GetItem", isRecord(entry.Get) ? entry.Get : {}, store);
        const table = await tables.get(tableNameOf(data));
        const refusal = validateKey(data.Key, table);
        if (refusal) throw toAwsError(refusal);
        return { table: table.TableName, key: createKey(data.Key, table), data };
      }),
    );
    refuseRepeated(gets);
    const Responses = await withLocks(store, gets, () =>
      Promise.all(gets.map(({ data }) => perform("GetItem", data, store))),
    );
    return { Responses };
  };

  return {
    transactWrite,
    transactGet,
    forgetTokens: async () => {
      for await (const [key, value] of store.db.iterator<unknown>(under("token~"))) {
        if (isRecord(value) && Number(value.at) <= now() - TOKEN_MS)
          await store.db.batch([{ type: "del", key }]);
      }
    },
  };
};
