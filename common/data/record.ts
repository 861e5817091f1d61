import type { Member } from "#common/auth/caller.ts";

/** A user's own record. `data` is the JSON text as it was sent: what is stored is what came in. */
export type DataRecord = { id: string; createdAt: string; data: string };

/** The owner of records: a user of an organization. Organization ids hold no `#`, so no two owners share a key. */
export const ownerOf = ({ organizationId, userId }: Member): string => `${organizationId}#${userId}`;

/** The record as JSON text, its data not parsed and written again. */
export const recordJson = ({ id, createdAt, data }: DataRecord): string =>
  `{"id":${JSON.stringify(id)},"createdAt":${JSON.stringify(createdAt)},"data":${data}}`;
