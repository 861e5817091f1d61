import type { NewEvent } from "#common/events/event.ts";

/** An event as it may be posted: the organization may be said if it is the caller's. */
export type PostedEvent = NewEvent & { organizationId?: string };

export type PostedEvents = PostedEvent | PostedEvent[];
