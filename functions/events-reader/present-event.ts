import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { Read } from "#common/events/audit/audited-read.ts";
import { isAuditChain, type StoredEvent } from "#common/events/event.ts";
import { customersAbout } from "#common/events/lists/derived-items.ts";
import { readProvenEvent } from "#common/events/lists/read-events.ts";
import { ok } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { Table } from "#common/table/table.ts";

export type PresentEventDeps = { store: Table };

const customersOf = ({ chain, customerId, targets }: StoredEvent): string[] =>
  isAuditChain(chain) ? customersAbout(targets) : [customerId];

export const makePresentEvent = ({ store }: PresentEventDeps) => ({
  /**
   * Checks the id and looks the event up, because the record of the read says whose event it is; answers how to show
   * it. Another organization's is as if it were not there.
   */
  prepare: async ({ organizationId }: Pick<Member, "organizationId">, eventId: string): Promise<Read> => {
    const message = givenIdFault(eventId);
    if (message) throw new AppError("INPUT_INVALID", { errors: [{ in: "path", path: "/eventId", message }] });

    const [looked] = await Promise.allSettled([readProvenEvent(store, organizationId, eventId)]);
    const event = looked.status === "fulfilled" ? looked.value?.event : undefined;
    const show = async () => {
      // A read that fails is recorded like one that finds nothing.
      if (looked.status === "rejected") throw looked.reason;
      if (!event) throw new AppError("NOT_FOUND");
      return ok(event);
    };
    return Object.assign(show, { about: event ? customersOf(event) : [] });
  },
});
