import type { Table } from "#common/table/table.ts";
import type { ChainId, EventMessage } from "../event.ts";
import { appendToChain, type Outcome } from "./append.ts";
import type { Announce } from "./finish-blocks.ts";
import { makeRegisterOrganizations } from "./organizations.ts";

/** Appends events to a chain of an organization that is registered first: one that is stored and not registered would not be anchored. */
export const registeredAppend = (store: Table, announce: Announce) => {
  const register = makeRegisterOrganizations(store);
  return async (organizationId: string, chain: ChainId, events: EventMessage[]): Promise<Outcome[]> => {
    await register([organizationId]);
    return appendToChain({ store, announce }, organizationId, chain, events);
  };
};
