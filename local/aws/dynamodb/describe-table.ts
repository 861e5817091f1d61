import { text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { describe, described } from "./table-description.ts";

export const describeTable =
  (context: DynamoDbContext): Operation =>
  async (input, call) => {
    const name = text(input, "TableName");
    context.authorize(call, "DescribeTable", name);
    return { Table: described(context.engine.tables, await describe(context, name)) };
  };
