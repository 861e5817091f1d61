import { AwsError } from "../port/errors.ts";
import { text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { administer, described, streamOf } from "./table-description.ts";

export const createTable =
  (context: DynamoDbContext): Operation =>
  async (input, call) => {
    const { tables } = context.engine;
    const name = text(input, "TableName");
    context.authorize(call, "CreateTable", name);
    const stream = streamOf(input, context.now);
    const output = await administer(context, "CreateTable", input).catch((error) => {
      // Dynalite leaves the message empty.
      if (error instanceof AwsError && error.code === "ResourceInUseException") {
        throw new AwsError(error.code, `Table already exists: ${name}`);
      }
      throw error;
    });
    await tables.saveExtras(name, stream ? { stream } : {});
    return { TableDescription: described(tables, output.TableDescription) };
  };
