import { AppError } from "#common/errors/app-error.ts";
import { isAuditChain, type StoredEvent } from "#common/events/event.ts";
import { readEvents } from "#common/events/lists/read-events.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { Table } from "#common/table/table.ts";

export type PresentEventDeps = { store: Table };

export const makePresentEvent = ({ store }: PresentEventDeps) => ({
  /**
   * Checks the id, and answers how to read its event. Another organization's is as if it were not there,
   * and so is an audit event, which shows only to who asks for that type.
   */
  prepare: ({ organizationId }: { organizationId: string }, eventId: string) => {
    const message = givenIdFault(eventId);
    if (message) throw new AppError("INPUT_INVALID", { errors: [{ path: "/eventId", message }] });

    return async (): Promise<StoredEvent> => {
      const found = (await readEvents(store, organizationId, [eventId])).get(eventId)?.event;
      if (!found || isAuditChain(found.chain)) throw new AppError("NOT_FOUND");
      return found;
    };
  },
});
