import { type Item, putItems } from "#common/aws/dynamodb.ts";
import { ownerOf } from "#common/data/record.ts";
import type { RecordMessage } from "#common/data/record-message.schema.ts";
import type { PersistRecordsDeps } from "./persist-records.ts";

const toItem = (record: RecordMessage): Item => ({
  owner: { S: ownerOf(record) },
  id: { S: record.id },
  createdAt: { S: record.createdAt },
  data: { S: record.data },
});

/** Writes to the table `records`. */
export const recordTable = (table: string): PersistRecordsDeps["put"] => {
  return async (records) => {
    const refused = await putItems(table, records.map(toItem));
    return refused.map(({ item, code, reason }) => ({ id: item.id?.S ?? "", reason: `${code}: ${reason}` }));
  };
};
