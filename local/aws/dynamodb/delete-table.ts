import { text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { administer, described } from "./table-description.ts";

export const deleteTable =
  (context: DynamoDbContext): Operation =>
  async (input, call) => {
    const { tables } = context.engine;
    const name = text(input, "TableName");
    context.authorize(call, "DeleteTable", name);
    const output = await administer(context, "DeleteTable", input);
    const description = described(tables, output.TableDescription);
    await tables.clear(name);
    return { TableDescription: description };
  };
