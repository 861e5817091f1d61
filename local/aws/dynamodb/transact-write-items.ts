import { AwsError } from "../port/errors.ts";
import { type Input, type Output, optionalText, text } from "../port/input.ts";
import type { Call, Operation } from "../port/service.ts";
import { consumedByMany, readUnits, spend, TRANSACTION_FACTOR, type Units, writeUnits } from "./capacity.ts";
import type { DynamoDbContext } from "./context.ts";
import {
  type BatchOperation,
  checkConditional,
  checked,
  createKey,
  type Item,
  itemSize,
  type OperationName,
  perform,
  toAwsError,
  validateItem,
  validateKey,
} from "./dynalite.ts";
import { checkIndexKeys, checkTableKey, EmptyKey } from "./index-keys.ts";
import type { RequestTokens } from "./request-tokens.ts";
import {
  type ActionName,
  actionOf,
  entriesOf,
  invalid,
  RIGHT_OF,
  refuseLarge,
  refuseRepeated,
  withLocks,
} from "./transaction-items.ts";
import { makeWriteView, operationsOf, type Written } from "./write-view.ts";
import { checkUpdated, readItem, tableNameOf } from "./writes.ts";

const OPERATION: Record<ActionName, OperationName> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "DeleteItem",
};
const TOKEN_LENGTH_MAX = 36;

type Reason = { Code: string; Message?: string; Item?: Item };
const NONE: Reason = { Code: "None" };
type Step = {
  kind: ActionName;
  table: string;
  key: string;
  data: Input;
  showOld: boolean;
  /** The size of what the request itself writes. */
  bytes: number;
};
type Result = {
  reason: Reason;
  units: Units;
  bytes: number;
  writes: (() => ReturnType<typeof operationsOf>)[];
};

const canceled = (reasons: Reason[]) =>
  new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(", ")}]`,
    { fields: { CancellationReasons: reasons } },
  );

/** A fault of one action is a cancellation reason; an empty key refuses the request as a whole. */
const toReason = (error: unknown, seen: Item | undefined): Reason => {
  if (!(error instanceof AwsError) || error instanceof EmptyKey) throw error;
  if (error.code === "ConditionalCheckFailedException") {
    return { Code: "ConditionalCheckFailed", Message: error.message, ...(seen ? { Item: seen } : {}) };
  }
  if (error.code === "ValidationException") return { Code: "ValidationError", Message: error.message };
  throw error;
};

/**
 * A transaction, which dynalite lacks. All items are locked, and each action runs against a view that only
 * collects writes. If no action fails, all writes go into LevelDB as one batch: a killed process leaves all or
 * none. The client's token is part of that batch, so a repetition is recognized after a restart too.
 */
export const transactWriteItems = (
  { engine, authorize }: DynamoDbContext,
  tokens: RequestTokens,
): Operation => {
  const { store, tables, streams } = engine;

  const prepare = async (entry: Input): Promise<Step | Reason> => {
    const { kind, input } = actionOf(entry);
    const data = checked(OPERATION[kind], input, store);
    if (kind === "ConditionCheck" && !optionalText(input, "ConditionExpression")) {
      throw invalid("The expression can not be empty;");
    }
    const table = await tables.get(tableNameOf(data));
    const named = kind === "Put" ? data.Item : data.Key;
    checkTableKey(table, named);
    checkIndexKeys(table, data.Item);
    const refusal = kind === "Put" ? validateItem(named, table) : validateKey(named, table);
    if (refusal) return toReason(toAwsError(refusal), undefined);
    return {
      kind,
      table: table.TableName,
      key: createKey(named, table),
      data,
      showOld: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
      bytes: itemSize(named),
    };
  };

  const runStep = async (step: Step): Promise<Result> => {
    const description = await tables.get(step.table);
    let change: Written | undefined;
    const writes: Result["writes"] = [];
    const view = makeWriteView(
      store,
      tables,
      async (written, indexes) => {
        if (step.kind === "Update") checkUpdated(description, written);
        change = written;
        writes.push(() => operationsOf(written, indexes, description, tables, streams, false));
      },
      true,
    );
    let seen: Item | undefined;
    const result = (reason: Reason): Result => ({
      reason,
      units: writeUnits(description, view.seen ?? seen, change?.new),
      bytes: change?.new ? itemSize(change.new) : step.bytes,
      writes,
    });
    try {
      if (step.kind === "ConditionCheck") {
        seen = await readItem(store, step.table, step.key);
        const refusal = checkConditional(step.data, seen);
        if (refusal) throw toAwsError(refusal);
        // A check writes to no index.
        return { ...result(NONE), units: { ...writeUnits(description, seen, seen), indexes: new Map() } };
      }
      await perform(OPERATION[step.kind], step.data, view.store);
      return result(NONE);
    } catch (error) {
      return result(toReason(error, step.showOld ? (view.seen ?? seen) : undefined));
    }
  };

  const commit = async (call: Call, steps: Step[], token: BatchOperation[]): Promise<Units[]> => {
    const results = await Promise.all(steps.map(runStep));
    // A transaction that is cancelled has been prepared all the same, and AWS counts it.
    spend(
      call,
      "write",
      results.map(({ units }) => units),
      TRANSACTION_FACTOR,
    );
    if (results.some(({ reason }) => reason !== NONE)) throw canceled(results.map(({ reason }) => reason));
    refuseLarge(results.reduce((sum, { bytes }) => sum + bytes, 0));
    const writes = results.flatMap((result) => result.writes.map((finish) => finish()));
    try {
      await store.db.batch([...writes.flatMap(({ operations }) => operations), ...token]);
    } finally {
      for (const { landed } of writes) landed();
    }
    return results.map(({ units }) => units);
  };

  /** A repeated request only reads its items, and its capacity is that of the reads. */
  const readAgain = async (steps: Step[]): Promise<Units[]> =>
    Promise.all(steps.map(async ({ table, key }) => readUnits(table, await readItem(store, table, key))));

  const tokenOf = (input: Input): string | undefined => {
    const token = optionalText(input, "ClientRequestToken");
    if (token !== undefined && (token.length < 1 || token.length > TOKEN_LENGTH_MAX)) {
      throw invalid(
        `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to ${TOKEN_LENGTH_MAX}`,
      );
    }
    return token;
  };

  return async (input, call): Promise<Output> => {
    const entries = entriesOf(input);
    for (const entry of entries) {
      const { kind, input: action } = actionOf(entry);
      authorize(call, RIGHT_OF[kind], text(action, "TableName"));
    }
    const token = tokenOf(input);
    const prepared = await Promise.all(entries.map(prepare));
    const isStep = (one: Step | Reason): one is Step => "kind" in one;
    if (!prepared.every(isStep)) throw canceled(prepared.map((one) => (isStep(one) ? NONE : one)));
    refuseRepeated(prepared);
    refuseLarge(prepared.reduce((sum, { bytes }) => sum + bytes, 0));

    const run = (writes: BatchOperation[]) =>
      withLocks(store, prepared, () => commit(call, prepared, writes));
    const wrote = (units: Units[]) =>
      consumedByMany(input, units, { factor: TRANSACTION_FACTOR, kind: "WriteCapacityUnits" });
    if (token === undefined) return wrote(await run([]));
    const units = await tokens.once(token, entries, (write) => run([write]));
    if (units !== undefined) return wrote(units);
    const again = await readAgain(prepared);
    spend(call, "read", again, TRANSACTION_FACTOR);
    return consumedByMany(input, again, {
      factor: TRANSACTION_FACTOR,
      kind: "ReadCapacityUnits",
    });
  };
};
