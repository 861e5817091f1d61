import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { AUDIT_CUSTOMER_ID, type StoredEvent } from "#common/events/event.ts";
import { completeEvents } from "#common/events/read/complete-events.ts";
import type { Position } from "#common/events/read/event-query.ts";
import { type FindPageDeps, findPage } from "#common/events/read/find-page.ts";
import { type RequestFilters, readFilters } from "#common/events/read/request-filters.ts";
import { type Answer, ok, RawJson } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { CursorScope, Cursors } from "#common/paging/cursor.ts";
import type { Table } from "#common/table/table.ts";

export type ListEventsDeps = { store: Table; cursors: Cursors } & Pick<FindPageDeps, "now">;

export type ListRequest = RequestFilters & { limit: number; cursor?: string | undefined };

/**
 * Lambda answers at most 6 MB, counted on the answer as JSON with the body as one text in it. What a page
 * of large details holds beyond this goes to the next one.
 */
const ANSWER_BYTES_MAX = 5_500_000;

const bytesInAnswer = (json: string): number => Buffer.byteLength(JSON.stringify(json));

/** How many of the texts fit one answer; at least one. */
const countFitting = (texts: readonly string[]): number => {
  let bytes = 0;
  const end = texts.findIndex((text, index) => {
    bytes += bytesInAnswer(text);
    return index > 0 && bytes > ANSWER_BYTES_MAX;
  });
  return end === -1 ? texts.length : end;
};

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
      const after = cursor === undefined ? undefined : ((await cursors.open(cursor, scope)) as Position);

      return async (): Promise<Answer> => {
        const found = await findPage({ store, now }, query, { limit, after });
        const events = await completeEvents(store, caller.organizationId, found.matches);
        const texts = events.map((event) => JSON.stringify(event));
        const count = countFitting(texts);
        const cut = count < events.length ? events[count - 1] : undefined;
        const next = cut ? positionOf(cut) : found.next;
        const sealed = next ? await cursors.seal(next, scope) : null;
        const items = texts.slice(0, count).join();
        return ok(new RawJson(`{"items":[${items}],"cursor":${JSON.stringify(sealed)}}`));
      };
    },
  };
};
