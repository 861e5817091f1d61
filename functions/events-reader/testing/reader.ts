import { expect } from "vitest";
import type { EventMessage, StoredEvent } from "#common/events/event.ts";
import { storeEvents } from "#common/events/testing/histories.ts";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

export type Page = { items: StoredEvent[]; cursor: string | null };
export type Query = Record<string, string | string[]>;

export const as = (organizationId: string, userId = "alice") =>
  callerContext({ organizationId, userId, roles: "events.read" });

export const idsOf = ({ items }: Page) => items.map(({ eventId }) => eventId);

export const day = (number: number) => new Date(Date.UTC(2025, 0, number)).toISOString();

export const AUDIT = { type: "audit", customerId: "-", actor: "bob", audit: true } as const;

/** The reader, and what its tests ask of it. */
export const startReader = async () => {
  const reader = await startFunction("events-reader");
  const call = async (request: RestRequest) => {
    const { status, json } = await reader.ask(request);
    return { status, body: json };
  };
  const list = async (organizationId: string, query: Query = {}, more: Partial<RestRequest> = {}) => {
    const { status, body } = await call({
      route: "GET /events",
      query,
      authorizer: as(organizationId),
      ...more,
    });
    expect(body).toMatchObject(status === 200 ? {} : { status: 200 });
    return body as Page;
  };
  /** Each test has an organization of its own. */
  const store = async (organizationId: string, events: EventMessage[]) => {
    const own = events.map((event) => ({ ...event, organizationId }));
    await storeEvents({ putAll: (items) => reader.put("events", items) }, own);
  };

  return { call, list, store, sent: () => reader.sent("events-audit") };
};
