import { type Input, isRecord, type Output, optionalText, record, text } from "../port/input.ts";
import type { Call, Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { checked, type OperationName, perform } from "./dynalite.ts";

const unitsIn = (consumed: unknown): number =>
  isRecord(consumed) && typeof consumed.CapacityUnits === "number" ? consumed.CapacityUnits : 0;

/** Dynalite adds up what a read consumes only when it is asked to, so it is always asked. */
const read = async (
  { reading }: DynamoDbContext,
  call: Call,
  name: OperationName,
  input: Input,
): Promise<Output> => {
  const { ReturnConsumedCapacity: asked = "NONE", ...data } = checked(name, input, reading);
  const { ConsumedCapacity, ...output } = await perform(
    name,
    { ...data, ReturnConsumedCapacity: asked === "NONE" ? "TOTAL" : asked },
    reading,
  );
  call.units.read += [ConsumedCapacity].flat().reduce<number>((sum, one) => sum + unitsIn(one), 0);
  return asked === "NONE" ? output : { ...output, ConsumedCapacity };
};

/** GetItem, Query and Scan. */
export const readItems =
  (context: DynamoDbContext, name: "GetItem" | "Query" | "Scan"): Operation =>
  (input, call) => {
    context.authorize(call, name, text(input, "TableName"), optionalText(input, "IndexName"));
    return read(context, call, name, input);
  };

export const batchGetItem =
  (context: DynamoDbContext): Operation =>
  (input, call) => {
    for (const name of Object.keys(record(input, "RequestItems"))) {
      context.authorize(call, "BatchGetItem", name);
    }
    return read(context, call, "BatchGetItem", input);
  };
