import type { Platform } from "../platform.ts";

const RECORDS = [
  { informationOne: "aaa23", informationTwo: "bbb24" },
  { kind: "address-change", city: "Ljubljana", since: "2026-11-01" },
  { kind: "card-order", cards: 2, note: "one for each member of the household" },
];

/** With ids and dates of their own: a demo that is played again adds nothing. */
const EVENTS = [
  ["account_opened", "2026-01-05T09:12:00Z", "teller-4", "Customer opened a savings account"],
  ["transaction_posted", "2026-02-01T07:00:00Z", "core-banking", "Transaction of 20.00"],
  ["address_changed", "2026-03-14T15:30:00Z", "ada", "Customer changed the address"],
  ["transaction_posted", "2026-04-01T07:00:00Z", "core-banking", "Transaction of 75.50"],
  ["account_closed", "2026-06-30T16:45:00Z", "teller-2", "Customer closed the account"],
].map(([type, date, actor, description], index) => ({
  eventId: `demo-${index + 1}`,
  customerId: "ada",
  type,
  date,
  actor,
  description,
}));

const DEADLINE_MS = 10_000;

/** Plays sample data through the front door, and waits until it can be read. Gives a line on what came of it. */
export const playDemo = async (platform: Pick<Platform, "url" | "token">): Promise<string> => {
  const token = await platform.token({
    sub: "alice",
    organizationId: "demo",
    roles: ["data.read", "data.write", "events.read", "events.write"],
    ttlSeconds: 3600,
  });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const send = async (method: string, path: string, body: unknown): Promise<Response> => {
    const answer = await fetch(`${platform.url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };

  try {
    const places: string[] = [];
    for (const record of RECORDS) {
      const { id } = (await (await send("POST", "/data", record)).json()) as { id: string };
      places.push(`/data/${id}`);
    }
    await send("PUT", "/customers/ada", { name: "Ada Novak", email: "ada@example.org" });
    await send("POST", "/events", EVENTS);
    places.push(...EVENTS.map(({ eventId }) => `/events/${eventId}`));

    const deadline = Date.now() + DEADLINE_MS;
    for (const place of places) {
      while ((await fetch(`${platform.url}${place}`, { headers })).status !== 200) {
        if (Date.now() > deadline) return `${place} is not readable after ${DEADLINE_MS / 1000} seconds.`;
        await new Promise((again) => setTimeout(again, 50));
      }
    }
  } catch (error) {
    return `The demo came to a halt: ${error instanceof Error ? error.message : String(error)}`;
  }
  return `The demo stored ${RECORDS.length} records of alice and ${EVENTS.length} events of the customer ada: GET ${platform.url}/data and ${platform.url}/customers/ada/events show them.`;
};
