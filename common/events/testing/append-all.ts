import type { Table } from "#common/table/table.ts";
import { appendToChain } from "../append/append.ts";
import { chainOf } from "../chain/chain-of.ts";
import type { EventMessage } from "../event.ts";

/** Stores events as the persister does, in batches: blocks, heads, and all that readers use. */
export const appendAll = async (
  store: Table,
  messages: readonly EventMessage[],
  batchSize = 50,
): Promise<void> => {
  for (let start = 0; start < messages.length; start += batchSize) {
    const batch = messages.slice(start, start + batchSize);
    const groups = Map.groupBy(batch, (message) => `${message.organizationId} ${chainOf(message).number}`);
    for (const group of groups.values()) {
      for (const audit of [false, true]) {
        const own = group.filter((message) => (message.audit ?? false) === audit);
        const [first] = own;
        if (!first) continue;
        const deps = { store, announce: async () => {} };
        await appendToChain(deps, first.organizationId, chainOf(first), own);
      }
    }
  }
};
