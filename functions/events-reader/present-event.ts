import { AppError } from "#common/errors/app-error.ts";
import { isAuditChain, type StoredEvent } from "#common/events/event.ts";
import { customersAbout } from "#common/events/lists/derived-items.ts";
import { readProvenEvent } from "#common/events/lists/read-events.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { Table } from "#common/table/table.ts";

export type PresentEventDeps = { store: Table };

const customersOf = ({ chain, customerId, targets }: StoredEvent): string[] =>
  isAuditChain(chain) ? customersAbout(targets) : [customerId];

export const makePresentEvent = ({ store }: PresentEventDeps) => ({
  /**
   * Checks the id and looks the event up; answers whose event it is, which the record of the read says, and how to
   * read it. Another organization's is as if it were not there.
   */
  prepare: async ({ organizationId }: { organizationId: string }, eventId: string) => {
    const message = givenIdFault(eventId);
    if (message) throw new AppError("INPUT_INVALID", { errors: [{ path: "/eventId", message }] });

    const [looked] = await Promise.allSettled([readProvenEvent(store, organizationId, eventId)]);
    const event = looked.status === "fulfilled" ? looked.value?.event : undefined;
    return {
      about: event ? customersOf(event) : [],
      // A read that fails is recorded like one that finds nothing.
      read: async (): Promise<StoredEvent> => {
        if (looked.status === "rejected") throw looked.reason;
        if (!event) throw new AppError("NOT_FOUND");
        return event;
      },
    };
  },
});
