import { appendToChain, type Outcome } from "./append.ts";
import type { ChainId, EventMessage } from "./event.ts";
import type { Announce } from "./finish.ts";
import { makeRegisterOrganizations } from "./organizations.ts";
import type { EventStore } from "./store.ts";

/** Appends events to a chain of an organization that is registered first: one that is stored and not registered would not be anchored. */
export const registeredAppend = (store: EventStore, announce: Announce) => {
  const register = makeRegisterOrganizations(store);
  return async (organizationId: string, chain: ChainId, events: EventMessage[]): Promise<Outcome[]> => {
    await register([organizationId]);
    return appendToChain({ store, announce }, organizationId, chain, events);
  };
};
