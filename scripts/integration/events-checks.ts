import { randomUUID } from "node:crypto";
import {
  answerText,
  askUntil,
  type Check,
  type Context,
  expectProblem,
  expectStatus,
  fieldsOf,
  isObject,
} from "./asking.ts";
import type { Answer } from "./platform.ts";

type Posted = { eventId: string; customerId: string; description: string };

const TYPE = "integration_checked";

/** An event of a customer of its own. */
const postEvent = async ({ platform, token }: Context): Promise<Posted> => {
  const [customerId, description] = [`integration-${randomUUID()}`, `integration ${randomUUID()}`];
  const body = { customerId, type: TYPE, description };
  const answer = await platform.ask("/events", { method: "POST", token, body });
  expectStatus(answer, 202);
  const { eventIds } = fieldsOf(answer);
  const [eventId] = Array.isArray(eventIds) ? eventIds : [];
  if (typeof eventId !== "string") throw new Error(`wanted eventIds, got ${answerText(answer)}`);
  return { eventId, customerId, description };
};

const isPosted = (event: unknown, { eventId, customerId, description }: Posted): boolean =>
  isObject(event) &&
  event.eventId === eventId &&
  event.customerId === customerId &&
  event.description === description &&
  event.type === TYPE;

const itemsOf = (answer: Answer): unknown[] => {
  const { items } = fieldsOf(answer);
  return Array.isArray(items) ? items : [];
};

/** Waits until the path answers 200 with what is wanted. */
const wait = async (
  { platform, token, deadlineMs }: Context,
  path: string,
  isWanted: (answer: Answer) => boolean,
): Promise<void> => {
  const isThere = (answer: Answer) => answer.status === 200 && isWanted(answer);
  expectStatus(await askUntil(deadlineMs, () => platform.ask(path, { token }), isThere), 200);
};

export const eventsChecks: readonly Check[] = [
  {
    name: "GET /events with a token without the role is refused",
    needs: "otherToken",
    async run({ platform, otherToken }) {
      expectProblem(await platform.ask("/events", { token: otherToken }), 403);
    },
  },
  {
    name: "POST /events refuses an event without a type",
    async run({ platform, token }) {
      const body = { customerId: "integration", description: "without a type" };
      expectProblem(await platform.ask("/events", { method: "POST", token, body }), 400);
    },
  },
  {
    name: "GET /events/{eventId} answers an event that was taken in",
    async run(context) {
      const posted = await postEvent(context);
      await wait(context, `/events/${posted.eventId}`, ({ body }) => isPosted(body, posted));
    },
  },
  {
    name: "GET /events lists a customer's events, as GET /customers/{customerId}/events does",
    async run(context) {
      const posted = await postEvent(context);
      const isListed = (answer: Answer) => itemsOf(answer).some((event) => isPosted(event, posted));
      await wait(context, `/events?customerId=${posted.customerId}`, isListed);
      await wait(context, `/customers/${posted.customerId}/events`, isListed);
    },
  },
  {
    name: "GET /events/stats counts a customer's events",
    async run(context) {
      const { customerId } = await postEvent(context);
      const path = `/events/stats?groupBy=type&customerId=${customerId}`;
      await wait(context, path, (answer) =>
        itemsOf(answer).some((item) => isObject(item) && item.key === TYPE && item.count === 1),
      );
    },
  },
  {
    name: "GET /events/export answers a customer's events",
    async run(context) {
      const { customerId, eventId } = await postEvent(context);
      const path = `/events/export?format=csv&customerId=${customerId}`;
      await wait(context, path, ({ body }) => typeof body === "string" && body.includes(eventId));
    },
  },
  {
    name: "GET /events/verify finds the chains whole",
    async run({ platform, token }) {
      const answer = await platform.ask("/events/verify", { token });
      // A long history is verified by a job.
      if (answer.status === 202) return;
      expectStatus(answer, 200);
      if (fieldsOf(answer).valid !== true) throw new Error(`got ${answerText(answer)}`);
    },
  },
  {
    name: "PUT /customers/{customerId} keeps a profile, which GET answers",
    async run(context) {
      const { platform, token } = context;
      const path = `/customers/integration-${randomUUID()}`;
      const body = { name: `Integration ${randomUUID()}` };
      expectStatus(await platform.ask(path, { method: "PUT", token, body }), 201);
      await wait(context, path, (answer) => fieldsOf(answer).name === body.name);
    },
  },
];
