import { readConfig, text } from "#common/config/config.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { accepted } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { makeReadBody } from "./body/read-body.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makeRecordEvents } from "./record-events.ts";

const config = readConfig({ EVENTS_QUEUE_URL: text(), EVENTS_TABLE: text() });

const recordEvents = makeRecordEvents({
  // DynamoDB's client is loaded with the first id that is given: most requests never ask the table.
  findStored: async (organizationId, eventIds) =>
    (await import("./stored-events.ts")).storedEvents(config.EVENTS_TABLE)(organizationId, eventIds),
  sendAll: eventQueue(config.EVENTS_QUEUE_URL).sendAll,
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "POST /events": async ({ body, caller, attempt, transactionId }) =>
      accepted(await recordEvents(body, { caller, attempt, transactionId })),
  },
  readBody: { "POST /events": makeReadBody({ schema: contract["POST /events"].body }) },
});
