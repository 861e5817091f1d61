import { optionalInteger, optionalText } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";

export const listTables =
  ({ engine: { tables } }: DynamoDbContext): Operation =>
  async (input, call) => {
    call.authorize("dynamodb:ListTables", "*");
    const after = optionalText(input, "ExclusiveStartTableName") ?? "";
    const limit = optionalInteger(input, "Limit", { min: 1, max: 100 }) ?? 100;
    const names = (await tables.names()).filter((name) => name > after);
    const TableNames = names.slice(0, limit);
    const last = TableNames.at(-1);
    return { TableNames, ...(names.length > limit && last ? { LastEvaluatedTableName: last } : {}) };
  };
