import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { CustomerTable } from "../customers.ts";

/** Customers in the table in memory. */
export const memoryCustomers = (): CustomerTable & { items: ReturnType<typeof memoryTable>["items"] } => {
  const store = memoryTable();
  return {
    ...store,
    transact: async (writes) => {
      await Promise.resolve();
      const all = store.items();
      const keyOf = (write: (typeof writes)[number]) => ("put" in write ? write.put : write.remove);
      const isAsWanted = writes.every((write) => {
        const { pk, sk } = keyOf(write);
        const present = all.find((item) => item.pk === pk && item.sk === sk);
        return write.version === undefined || (present?.version ?? 0) === write.version;
      });
      if (!isAsWanted) return false;
      // Nothing is awaited before all is done: as one, for whoever else runs.
      const puts = writes.flatMap((write) => ("put" in write ? [write.put] : []));
      for (const write of writes) if ("remove" in write) store.tamper(write.remove, () => undefined);
      await store.putAll(puts);
      return true;
    },
  };
};
