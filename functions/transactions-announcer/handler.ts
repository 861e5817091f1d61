import { publishEvents } from "#common/bus/publish.ts";
import { readConfig, text } from "#common/config/config.ts";
import { tableStreamHandler } from "#common/middleware/table-stream.ts";
import { cleansingQueue } from "#common/transactions/cleansing/cleansing-queue.ts";
import { makeAnnounce } from "./announce.ts";

const config = readConfig({ BUS_NAME: text(), TRANSACTIONS_CLEANSINGS_QUEUE_URL: text() });

export const handler = tableStreamHandler({
  action: makeAnnounce({
    publish: (name, details) => publishEvents(config.BUS_NAME, { service: "transactions", name }, details),
    cleanse: cleansingQueue(config.TRANSACTIONS_CLEANSINGS_QUEUE_URL),
  }),
});
