import { readConfig, text } from "#common/config/config.ts";
import { AppError } from "#common/errors/app-error.ts";
import { makeAuditedRead } from "#common/events/audit/audited-read.ts";
import { makeChangeCustomers } from "#common/events/customers/change-customers.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { created, noContent, ok } from "#common/http/answers.ts";
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
const audited = makeAuditedRead({ send });
const changeCustomers = makeChangeCustomers({ table, send });
const presentCustomers = makePresentCustomers({ table, cursors: kmsCursors(config.CURSORS_KEY_ID) });

const customerIdOf = ({ customerId = "" }: Record<string, string>): string => {
  const message = givenIdFault(customerId);
  if (message !== undefined)
    throw new AppError("INPUT_INVALID", { errors: [{ path: "/customerId", message }] });
  return customerId;
};

const put = "PUT /customers/{customerId}";

export const handler = httpHandler(
  manifest,
  contract,
  {
    [put]: async ({ params, body, caller, attempt }) => {
      const { customer, isNew } = await changeCustomers.put(customerIdOf(params), body, caller, attempt);
      return isNew ? created(customer) : ok(customer);
    },
    "GET /customers/{customerId}": async ({ params, caller, requestId }) => {
      const customerId = customerIdOf(params);
      const read = { caller, route: "GET /customers/{customerId}", filters: { customerId }, requestId };
      return ok(await audited(read, () => presentCustomers.one(caller, customerId)));
    },
    "GET /customers": async ({ query, caller, requestId }) => {
      const read = { caller, route: "GET /customers", filters: query, requestId };
      return ok(await audited(read, () => presentCustomers.page(caller, query)));
    },
    "DELETE /customers/{customerId}": async ({ params, caller, attempt }) => {
      await changeCustomers.erase(customerIdOf(params), caller, attempt);
      return noContent();
    },
  },
  { readBody: { [put]: makeReadProfile(contract[put].body) } },
);
