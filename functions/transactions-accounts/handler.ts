import { CATEGORIES } from "#common/cleansing/categories.ts";
import { readConfig, text } from "#common/config/config.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { created, ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeEdit } from "#common/transactions/changes/edit.ts";
import { makeRegister } from "#common/transactions/changes/register.ts";
import { makeRegisterOrganization } from "#common/transactions/organizations.ts";
import { makeAudit } from "./audit.ts";
import { assertTexts, checkedRegistration, givenIds } from "./check.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makePresent, presented } from "./present.ts";

const config = readConfig({
  TRANSACTIONS_TABLE: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  CURSORS_KEY_ID: text(),
});

const table = dynamodbTable(config.TRANSACTIONS_TABLE);
const { send } = eventQueue(config.EVENTS_AUDIT_QUEUE_URL);
const audit = makeAudit({ send });
const edit = makeEdit({ table });
const accounts = makeRegister({ table, register: makeRegisterOrganization(table) });
const present = makePresent({ table, cursors: kmsCursors(config.CURSORS_KEY_ID) });

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /accounts": ({ caller, query }) => present.accounts(caller, query),
    "GET /accounts/{accountId}": ({ caller, params }) => present.account(caller, givenIds(params).accountId),
    "PUT /accounts/{accountId}": async (request) => {
      const { params, body, caller, transactionId } = request;
      const { accountId } = givenIds(params);
      const target = { organizationId: caller.organizationId, accountId, transactionId };
      const record = audit("account_registered", { accountId }, request);
      const { account, isNew } = await accounts.put(target, checkedRegistration(body), record);
      return (isNew ? created : ok)(presented(account, caller));
    },
    "PATCH /accounts/{accountId}": async (request) => {
      const { params, body, caller, transactionId } = request;
      const { accountId } = givenIds(params);
      assertTexts(body);
      const { organizationId, userId } = caller;
      const target = { organizationId, userId, accountId, transactionId };
      const record = audit("account_renamed", { accountId }, request);
      return ok(presented(await accounts.rename(target, body.nickname, record), caller));
    },
    "GET /accounts/{accountId}/transactions": ({ caller, params, query }) =>
      present.transactions(caller, givenIds(params).accountId, query),
    "GET /accounts/{accountId}/transactions/{transactionId}": ({ caller, params }) => {
      const { accountId, transactionId } = givenIds(params);
      return present.transaction(caller, accountId, transactionId);
    },
    "PATCH /accounts/{accountId}/transactions/{transactionId}": async (request) => {
      const { params, body, caller } = request;
      const ids = givenIds(params);
      assertTexts(body);
      const { organizationId, userId } = caller;
      const record = audit("transaction_edited", ids, request);
      return ok(await edit({ organizationId, userId, ...ids }, body, record));
    },
    "GET /transactions/categories": async () => ok({ items: CATEGORIES, cursor: null }),
  },
});
