import { profileKey } from "#common/events/keys.ts";
import { optionalTextOf, type Table } from "#common/table/table.ts";
import type { AnnounceEventsDeps } from "./announce-events.ts";

/** Reads the customers' profiles. One that is written at this moment may count or not. */
export const externalIdsIn =
  (store: Pick<Table, "getMany">): AnnounceEventsDeps["externalIdsOf"] =>
  async (organizationId, customerIds) => {
    const byPartition = new Map(
      customerIds.map((customerId) => [profileKey(organizationId, customerId).pk, customerId]),
    );
    const profiles = await store.getMany(
      customerIds.map((customerId) => profileKey(organizationId, customerId)),
    );
    const found = new Map<string, string>();
    for (const profile of profiles) {
      const externalId = optionalTextOf(profile, "externalId");
      const customerId = byPartition.get(profile.pk);
      if (externalId !== undefined && customerId !== undefined) found.set(customerId, externalId);
    }
    return found;
  };
