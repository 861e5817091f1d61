import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { fakeChanges } from "./fake-changes.ts";
import { fakeImports } from "./fake-imports.ts";
import { fakeLogsQueries } from "./fake-logs-queries.ts";
import { fakeTransactions } from "./fake-transactions.ts";

export type Faults = {
  health?: "down" | "otherVersion";
  openapi?: "3.0";
  open?: boolean;
  signatures?: "unchecked";
  roles?: "unchecked";
  problems?: "html";
  post?: 200;
  arrays?: "taken";
  list?: "empty" | "changed";
  one?: 500;
  unknown?: 200;
  pages?: "overlap" | "long" | "cut";
  cursors?: "unchecked";
  keys?: "ignored" | "bodiesUnchecked";
  requestId?: "none";
  events?: "lost" | "changed" | "unlisted" | "uncounted" | "notExported" | "unchecked";
  chains?: "broken";
  customers?: "renamed";
  changes?: "users" | "unlisted" | "shown" | "unchecked";
  imports?: "unlisted" | "shown" | "unchecked" | "uncancelled";
  logsQueries?: "noTypes" | "uncounted" | "failed" | "unchecked";
  transactions?: "uncategorized" | "shown" | "unsealed" | "endless";
};

type FakeEvent = { eventId: string; customerId: string; type: string; description: string };

/** Keeps events and customers; undefined for any other path. */
const fakeEvents = (faults: Faults) => {
  const events: FakeEvent[] = [];
  const customers = new Map<string, object>();
  const list = (customerId: string | null) => ({
    items: faults.events === "unlisted" ? [] : events.filter((one) => one.customerId === customerId),
    cursor: null,
  });
  return (method: string, { pathname, searchParams }: URL, body: string): [number, unknown] | undefined => {
    const customerId = searchParams.get("customerId");
    const [, kind, id = "", below] = pathname.split("/");
    if (kind === "customers" && below === "events") return [200, list(id)];
    if (kind === "customers" && method === "PUT") {
      customers.set(id, faults.customers ? { name: "other" } : JSON.parse(body));
      return [201, customers.get(id)];
    }
    if (kind === "customers") return [200, customers.get(id)];
    if (kind !== "events") return undefined;
    if (method === "POST") {
      const posted = JSON.parse(body);
      if (posted.type === undefined && faults.events !== "unchecked") return [400, undefined];
      const event = { ...posted, eventId: randomUUID() };
      if (faults.events !== "lost")
        events.push(faults.events === "changed" ? { ...event, type: "x" } : event);
      return [202, { accepted: 1, eventIds: [event.eventId] }];
    }
    if (id === "") return [200, list(customerId)];
    if (id === "verify") return [200, { valid: !faults.chains, checked: events.length }];
    const found = events.filter((event) => event.customerId === customerId);
    if (id === "stats") {
      return [
        200,
        { items: faults.events === "uncounted" ? [] : [{ key: found[0]?.type, count: found.length }] },
      ];
    }
    if (id === "export") {
      return [200, faults.events === "notExported" ? "eventId" : `eventId\r\n${found[0]?.eventId}`];
    }
    const event = events.find((one) => one.eventId === id);
    return event ? [200, event] : [404, undefined];
  };
};

type Stored = { id: string; createdAt: string; data: unknown; body: string };

/** Keeps records as the platform does, except for the given faults. */
export const fakePlatform = (faults: Faults): Server => {
  const records: Stored[] = [];
  const keys = new Map<string, { body: string; stored: Stored }>();
  const eventsOf = fakeEvents(faults);
  const changesOf = fakeChanges(faults.changes);
  const importsOf = fakeImports(faults.imports);
  const logsQueriesOf = fakeLogsQueries(faults.logsQueries);
  const transactionsOf = fakeTransactions(faults.transactions);
  return createServer(async (request, response) => {
    const answer = (status: number, body: unknown) => {
      const type = status >= 400 ? "application/problem+json" : "application/json";
      response.writeHead(status, {
        "content-type": faults.problems === "html" && status >= 400 ? "text/html" : type,
        ...(faults.requestId === "none" ? {} : { "x-request-id": randomUUID() }),
      });
      response.end(JSON.stringify(body));
    };
    const problem = (status: number) => answer(status, { status, code: "X", title: "x" });
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "/", "http://fake");
    const { pathname, searchParams } = url;

    if (pathname === "/health") {
      if (faults.health === "down") return problem(503);
      return answer(200, { status: "ok", version: faults.health === "otherVersion" ? "r1" : "r2" });
    }
    if (pathname === "/openapi.json") {
      const paths = { "/health": {}, "/data": {}, "/data/{id}": {} };
      return answer(200, { openapi: `${faults.openapi ?? "3.1"}.0`, paths });
    }
    const token = request.headers.authorization;
    const known = token === "Bearer good" || token === "Bearer other" || faults.open;
    if (!known && !(faults.signatures && token)) return problem(401);
    if (token === "Bearer other" && !faults.roles) return problem(403);

    const method = request.method ?? "GET";
    const answeredBy = changesOf(method, url) ?? importsOf(method, url, body) ?? transactionsOf(method, url);
    if (answeredBy) {
      const [status, answered] = answeredBy;
      return status >= 400 ? problem(status) : answer(status, answered);
    }

    const aboutLogs = logsQueriesOf(request.method ?? "GET", url, body);
    if (aboutLogs) {
      const [status, answered] = aboutLogs;
      return status >= 400 ? problem(status) : answer(status, answered);
    }

    const aboutEvents = eventsOf(request.method ?? "GET", url, body);
    if (aboutEvents) {
      const [status, answerText] = aboutEvents;
      return status >= 400 ? problem(status) : answer(status, answerText);
    }

    if (request.method === "POST") {
      const data: unknown = JSON.parse(body);
      if (Array.isArray(data) && !faults.arrays) return problem(400);
      const key = String(request.headers["idempotency-key"] ?? "");
      const before = key === "" || faults.keys === "ignored" ? undefined : keys.get(key);
      if (before && before.body !== body && !faults.keys) return problem(422);
      const stored = before?.stored ?? { id: randomUUID(), createdAt: new Date().toISOString(), data, body };
      if (!before) records.unshift(stored);
      if (key) keys.set(key, { body, stored });
      return answer(faults.post ?? 202, { id: stored.id, createdAt: stored.createdAt });
    }

    if (pathname !== "/data") {
      const found = records.find(({ id }) => pathname === `/data/${id}`);
      if (faults.one && found) return problem(faults.one);
      return found || faults.unknown ? answer(200, { ...found }) : problem(404);
    }
    const limit = Number(searchParams.get("limit") ?? 25);
    const cursor = searchParams.get("cursor");
    if (cursor !== null && !/^at-\d+$/.test(cursor) && !faults.cursors) return problem(400);
    const at = Number(cursor?.slice(3) ?? 0) || 0;
    const last = at + limit + (faults.pages === "long" && searchParams.has("limit") ? 1 : 0);
    const next = faults.pages === "overlap" ? last - 1 : last;
    const items = faults.list === "empty" ? [] : records.slice(at, last);
    return answer(200, {
      items: faults.list === "changed" ? items.map((item) => ({ ...item, data: {} })) : items,
      cursor: last >= records.length || faults.pages === "cut" ? null : `at-${next}`,
    });
  });
};
