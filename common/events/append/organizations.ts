import { queryPages, type Table } from "#common/table/table.ts";
import { organizationKey, organizationPartitions } from "../keys.ts";

/**
 * Registers the organizations that have events, for what goes through all of them (the daily anchors).
 * A consumer that stores events calls it before it acknowledges them, because an organization that is not
 * registered is not anchored. Puts each once in this instance's life, and the same item whenever it is put again.
 */
export const makeRegisterOrganizations = (store: Pick<Table, "putAll">) => {
  const known = new Set<string>();
  return async (organizationIds: Iterable<string>): Promise<void> => {
    const unknown = [...new Set(organizationIds)].filter((id) => !known.has(id));
    if (unknown.length === 0) return;
    await store.putAll(unknown.map(organizationKey));
    for (const organizationId of unknown) known.add(organizationId);
  };
};

/** Every organization that has events, sorted. */
export const listOrganizations = async (store: Pick<Table, "queryPage">): Promise<string[]> => {
  const lists = await Promise.all(
    organizationPartitions().map(async (pk) => {
      const found: string[] = [];
      for await (const items of queryPages(store, { pk, consistent: true })) {
        found.push(...items.map(({ sk }) => sk));
      }
      return found;
    }),
  );
  // One that was registered when shards were drawn otherwise may stand in two of them.
  return [...new Set(lists.flat())].sort();
};
