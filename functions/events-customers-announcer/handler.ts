import { publishEvents } from "#common/bus/publish.ts";
import { readConfig, text } from "#common/config/config.ts";
import { tableStreamHandler } from "#common/middleware/table-stream.ts";
import { makeAnnounceCustomers } from "./announce-customers.ts";
import { customerChangeOf } from "./customer-change.ts";

const config = readConfig({ BUS_NAME: text() });

const announce = makeAnnounceCustomers({
  publish: (name, events) => publishEvents(config.BUS_NAME, { service: "events", name }, events),
});

export const handler = tableStreamHandler({
  action: async (record) => {
    const change = customerChangeOf(record);
    if (change !== undefined) await announce(change);
  },
});
