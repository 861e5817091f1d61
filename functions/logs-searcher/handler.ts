import { mayCall } from "#common/auth/roles.ts";
import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { AppError } from "#common/errors/app-error.ts";
import { makeAudited, type ReadRequest } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { type Answer, ok } from "#common/http/answers.ts";
import { readableTypes } from "#common/logs/query/compose.ts";
import { searchedWords } from "#common/logs/query/filters.ts";
import { athenaEngines } from "#common/logs/query/lake-athena.ts";
import { DEFAULT_LIMITS } from "#common/logs/query/limits.ts";
import { askedQueries } from "#common/logs/query/query-rows.ts";
import { scannedBytes } from "#common/logs/query/scanned.ts";
import { readRange } from "#common/logs/query/time-range.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { logTypes, namedQueries } from "./catalog.ts";
import { contract } from "./contract.ts";
import { countLogs } from "./count-logs.ts";
import manifest from "./function.json" with { type: "json" };
import { makeQueries } from "./queries.ts";
import { searchPage } from "./search-pages.ts";

const config = readConfig({
  ENVIRONMENT: text(),
  LOGS_TABLE: text(),
  LOGS_QUERIES_QUEUE_URL: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  LOGS_READER_ROLE_ARN: text(),
  LAKE_BUCKET: text(),
  CURSORS_KEY_ID: text(),
});

const table = dynamodbTable(config.LOGS_TABLE);
const now = Date.now;
const scanned = scannedBytes({ table, now });
const engines = athenaEngines({
  environment: config.ENVIRONMENT,
  roleArn: config.LOGS_READER_ROLE_ARN,
  bucket: config.LAKE_BUCKET,
});
const deps = { environment: config.ENVIRONMENT, table, limits: DEFAULT_LIMITS, now };
const cursors = kmsCursors(config.CURSORS_KEY_ID);
const queries = makeQueries({
  ...deps,
  engines,
  queries: askedQueries(table),
  scanned,
  watch: (message) =>
    sendMessage(config.LOGS_QUERIES_QUEUE_URL, { body: JSON.stringify(message), delaySeconds: 5 }),
});

const audited = makeAudited({ send: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send });
/** Stored events are read under the events service's rule: each read of them is itself recorded. */
const recorded = (request: ReadRequest, ofEvents: boolean, read: () => Promise<Answer>): Promise<Answer> =>
  ofEvents ? audited(() => read)(request) : read();

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /logs": async (request) => {
      const { caller, route, query } = request;
      const { limit, cursor, ...asked } = query;
      const { organizationId, userId } = caller;
      const readsEvents = mayCall(caller.roles, "events.read");
      const { logType, from, to, q = "", ...filters } = asked;
      if (!readableTypes({ readsEvents }).includes(logType)) throw new AppError("FORBIDDEN");
      const range = readRange("query", { from, to }, now());
      const read = async () =>
        searchPage(
          {
            ...deps,
            cursors,
            scanned: (bytes) => scanned.add(organizationId, bytes),
            checkScan: () => scanned.check(organizationId, deps.limits),
          },
          await engines({ organizationId, readsEvents }),
          {
            search: { organizationId, logType, range, filters: { ...filters, words: searchedWords(q) } },
            scope: { organizationId, userId, route, filters: asked },
            limit,
            cursor,
          },
        );
      return recorded(request, logType === "events", read);
    },

    "GET /logs/stats": async (request) => {
      const { caller, query } = request;
      const { groupBy, logType, from, to, q = "", ...filters } = query;
      const { organizationId } = caller;
      const readsEvents = mayCall(caller.roles, "events.read");
      const readable = readableTypes({ readsEvents });
      if (logType !== undefined && !readable.includes(logType)) throw new AppError("FORBIDDEN");
      const range = readRange("query", { from, to }, now());
      const logTypes = logType === undefined ? readable : [logType];
      const read = async () => {
        await scanned.check(organizationId, deps.limits);
        const { counts, scannedBytes: bytes } = await countLogs(
          deps,
          await engines({ organizationId, readsEvents }),
          {
            organizationId,
            logTypes,
            range,
            filters: { ...filters, words: searchedWords(q) },
            groupBy,
          },
        );
        await scanned.add(organizationId, bytes);
        const [first] = groupBy;
        return ok(
          groupBy.length === 1 && first !== undefined
            ? { items: counts.get(first) ?? [] }
            : { groups: Object.fromEntries(counts) },
        );
      };
      return recorded(request, logTypes.includes("events"), read);
    },

    "GET /logs/types": async () => ok(logTypes()),
    "GET /logs/named-queries": async () => ok(namedQueries()),

    "POST /logs/queries": (request) =>
      queries.ask(request.caller, request.body, request.attempt, (sql, ofEvents, read) =>
        recorded({ ...request, query: { sql } }, ofEvents, read),
      ),
    "GET /logs/queries/{queryId}": ({ caller, params, query }) =>
      queries.show(caller, params.queryId, query.format),
    "DELETE /logs/queries/{queryId}": ({ caller, params }) => queries.cancel(caller, params.queryId),
  },
});
