import { text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { updateIndexes } from "./index-updates.ts";
import { administer, describe, described, streamOf } from "./table-description.ts";

export const updateTable =
  (context: DynamoDbContext): Operation =>
  async (input, call) => {
    const { tables } = context.engine;
    const name = text(input, "TableName");
    context.authorize(call, "UpdateTable", name);
    if (input.StreamSpecification) {
      const { stream: _, ...others } = tables.extras(name);
      const stream = streamOf(input, context.now);
      await tables.saveExtras(name, stream ? { ...others, stream } : others);
    }
    const indexed = await updateIndexes(context.engine, input);
    const changed = input.BillingMode !== undefined || input.ProvisionedThroughput !== undefined;
    const output =
      changed && !indexed
        ? (await administer(context, "UpdateTable", input)).TableDescription
        : await describe(context, name);
    return { TableDescription: described(tables, output) };
  };
