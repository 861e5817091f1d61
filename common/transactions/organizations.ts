import { queryPages, type Table } from "#common/table/table.ts";
import { organizationKey } from "./keys.ts";

/** Registers organizations that have accounts, each once in this instance's life; the same item whenever it is put again. */
export const makeRegisterOrganization = (table: Pick<Table, "putAll">) => {
  const known = new Set<string>();
  return async (organizationId: string): Promise<void> => {
    if (known.has(organizationId)) return;
    await table.putAll([organizationKey(organizationId)]);
    known.add(organizationId);
  };
};

/** Organizations that have accounts, from this one on, sorted. */
export async function* organizationsFrom(
  table: Pick<Table, "queryPage">,
  first: string,
): AsyncGenerator<string> {
  const { pk } = organizationKey("");
  const options = { pk, ...(first === "" ? {} : { from: first }) };
  for await (const items of queryPages(table, options)) yield* items.map(({ sk }) => sk);
}
