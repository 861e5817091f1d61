import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { AUDIT_CUSTOMER_ID, type StoredEvent } from "#common/events/event.ts";
import { completeEvents } from "#common/events/read/complete-events.ts";
import type { Position } from "#common/events/read/event-query.ts";
import { type FindPageDeps, findPage } from "#common/events/read/find-page.ts";
import { type RequestFilters, readFilters } from "#common/events/read/request-filters.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import { openPage } from "#common/paging/answer-page.ts";
import type { CursorScope, Cursors } from "#common/paging/cursor.ts";
import type { Table } from "#common/table/table.ts";

export type ListEventsDeps = { store: Table; cursors: Cursors } & Pick<FindPageDeps, "now">;

export type ListRequest = RequestFilters & { limit: number; cursor?: string | undefined };

const positionOf = ({ date, eventId }: StoredEvent): Position => ({ date, eventId });

export const makeListEvents = ({ store, cursors, now }: ListEventsDeps) => {
  const scopeOf = ({ organizationId, userId }: Member, route: string, filters: object): CursorScope => ({
    organizationId,
    userId,
    route,
    filters: { ...filters },
  });

  return {
    /**
     * Checks what is asked, and answers how to read it: what is refused is no read. A cursor is only good
     * for the very filters that it was made for.
     */
    prepare: async (caller: Member, route: string, { limit, cursor, ...filters }: ListRequest) => {
      const { customerId } = filters;
      if (customerId !== undefined && customerId !== AUDIT_CUSTOMER_ID) {
        const message = givenIdFault(customerId);
        const part = route.includes("{customerId}") ? "path" : "query";
        if (message)
          throw new AppError("INPUT_INVALID", { errors: [{ in: part, path: "/customerId", message }] });
      }
      const query = readFilters(caller.organizationId, filters);
      const scope = scopeOf(caller, route, query);
      return openPage({
        cursors,
        scope,
        cursor,
        find: async (after: Position | undefined) => {
          const { matches, next } = await findPage({ store, now }, query, { limit, after });
          return { items: await completeEvents(store, caller.organizationId, matches), next };
        },
        toJson: (event) => JSON.stringify(event),
        positionOf,
      });
    },
  };
};
