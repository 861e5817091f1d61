import { optionalText, record, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { checked, perform } from "./dynalite.ts";

/** GetItem, Query and Scan. */
export const readItems =
  ({ reading, authorize }: DynamoDbContext, name: "GetItem" | "Query" | "Scan"): Operation =>
  (input, call) => {
    authorize(call, name, text(input, "TableName"), optionalText(input, "IndexName"));
    return perform(name, checked(name, input, reading), reading);
  };

export const batchGetItem =
  ({ reading, authorize }: DynamoDbContext): Operation =>
  (input, call) => {
    for (const name of Object.keys(record(input, "RequestItems"))) authorize(call, "BatchGetItem", name);
    return perform("BatchGetItem", checked("BatchGetItem", input, reading), reading);
  };
