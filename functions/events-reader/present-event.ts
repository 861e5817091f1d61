import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { isAuditChain } from "#common/events/event.ts";
import { readEvents } from "#common/events/lists/read-events.ts";
import { type Answer, ok } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { Table } from "#common/table/table.ts";

export type PresentEventDeps = { store: Table };

export const makePresentEvent = ({ store }: PresentEventDeps) => ({
  /**
   * Checks the id, and answers how to read its event. Another organization's is as if it were not there,
   * and so is an audit event, which shows only where that type is asked for.
   */
  prepare: ({ organizationId }: Pick<Member, "organizationId">, eventId: string) => {
    const message = givenIdFault(eventId);
    if (message) throw new AppError("INPUT_INVALID", { errors: [{ in: "path", path: "/eventId", message }] });

    return async (): Promise<Answer> => {
      const found = (await readEvents(store, organizationId, [eventId])).get(eventId)?.event;
      if (!found || isAuditChain(found.chain)) throw new AppError("NOT_FOUND");
      return ok(found);
    };
  },
});
