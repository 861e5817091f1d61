import { record, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { batchWriteItem, writeItem } from "./writes.ts";

/** PutItem, UpdateItem and DeleteItem. */
export const writeItems =
  ({ engine, authorize }: DynamoDbContext, name: "PutItem" | "UpdateItem" | "DeleteItem"): Operation =>
  (input, call) => {
    authorize(call, name, text(input, "TableName"));
    return writeItem(engine, call, name, input);
  };

export const batchWriteItems =
  ({ engine, authorize }: DynamoDbContext): Operation =>
  (input, call) => {
    for (const name of Object.keys(record(input, "RequestItems"))) authorize(call, "BatchWriteItem", name);
    return batchWriteItem(engine, call, input);
  };
