import { readConfig, text } from "#common/config/config.ts";
import { AppError } from "#common/errors/app-error.ts";
import { makeAudited } from "#common/events/audit/audited-read.ts";
import { makeChangeCustomers } from "#common/events/customers/change-customers.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { created, noContent, ok, tagged } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makePresentCustomers } from "./present-customers.ts";
import { makeReadProfile } from "./read-profile.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_QUEUE_URL: text(), CURSORS_KEY_ID: text() });

const table = dynamodbTable(config.EVENTS_TABLE);
const { send } = eventQueue(config.EVENTS_AUDIT_QUEUE_URL);
const audited = makeAudited({ send });
const changeCustomers = makeChangeCustomers({ table, send });
const presentCustomers = makePresentCustomers({ table, cursors: kmsCursors(config.CURSORS_KEY_ID) });

/** The id that stands in the path, if it is one that a customer can have. */
const customerIdOf = ({ customerId }: { customerId: string }): string => {
  const message = givenIdFault(customerId);
  if (message === undefined) return customerId;
  throw new AppError("INPUT_INVALID", { errors: [{ in: "path", path: "/customerId", message }] });
};

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "PUT /customers/{customerId}": async (request) => {
      const { params, body } = request;
      const { customer, etag, isNew } = await changeCustomers.put(customerIdOf(params), body, request);
      return tagged(isNew ? created(customer) : ok(customer), etag);
    },
    "GET /customers/{customerId}": audited(({ params, caller }) => {
      const customerId = customerIdOf(params);
      return () => presentCustomers.one(caller, customerId);
    }),
    "GET /customers": audited(({ query, caller }) => presentCustomers.page(caller, query)),
    "DELETE /customers/{customerId}": async (request) => {
      await changeCustomers.erase(customerIdOf(request.params), request);
      return noContent();
    },
  },
  readBody: {
    "PUT /customers/{customerId}": makeReadProfile(contract["PUT /customers/{customerId}"].body),
  },
});
