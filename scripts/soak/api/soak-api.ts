import { randomFrom } from "#common/testing/random.ts";
import { makeJudge, parse } from "#local/testing/api/judge.ts";
import { loadOperations } from "#local/testing/api/operations.ts";
import { openWire, type WireReply } from "#local/testing/api/wire.ts";
import { type System, startSystem } from "#local/testing/system.ts";
import { makeCallers, startLargeExport } from "./callers.ts";
import { curlLine, keepBody } from "./curl.ts";
import { type Draft, draftOf, type Known, remember, requestOf } from "./draft.ts";
import { ADDRESS_SPOILS } from "./spoil-address.ts";
import { BODY_SPOILS } from "./spoil-body.ts";
import { HEADER_SPOILS } from "./spoil-headers.ts";
import { integerFrom, oneOf, type Random } from "./values.ts";

export type ApiSoakOptions = { requests: number; seed?: number; onProgress?: (line: string) => void };

export type ApiSoakResult = {
  /** A line for each answer that is not as documented, with the request as a curl line. */
  faults: string[];
  requests: number;
  /** How often each route answered with each status. */
  statuses: Map<string, Map<number, number>>;
};

/** Requests under way at once. What they learn is kept in their order, so that a seed repeats them. */
const WAVE = 16;
const FAULTS_MAX = 50;
const NO_ROUTE = "no route";
/** This share of requests is left as the document allows it. */
const UNSPOILT = 0.3;

const spoil = (draft: Draft, random: Random): void => {
  if (random() < UNSPOILT) return;
  const kinds = [ADDRESS_SPOILS, HEADER_SPOILS, ...(draft.operation.body ? [BODY_SPOILS, BODY_SPOILS] : [])];
  const count = integerFrom(random, 1, 3);
  for (let number = 0; number < count; number += 1) oneOf(random, oneOf(random, kinds))(draft, random);
};

type Shown = {
  id?: unknown;
  eventId?: unknown;
  customerId?: unknown;
  organizationId?: unknown;
  cursor?: unknown;
};

/** The things that an answer shows: itself, its items, or the lines of NDJSON. What is no JSON the judge has seen. */
const shownBy = ({ status, text }: WireReply): Shown[] => {
  if (status >= 300 || !text.startsWith("{")) return [];
  return text
    .split("\n")
    .flatMap((line) => {
      const body = Object(parse(line)?.json) as Shown & { items?: unknown };
      return [body, ...(Array.isArray(body.items) ? body.items : [])];
    })
    .map(Object);
};

const learn = (known: Known, reply: WireReply, token: string): void => {
  const { location } = reply.headers;
  if (location) remember(known.locations, { path: location, token });
  for (const { id, eventId, cursor } of shownBy(reply).slice(0, 5)) {
    if (typeof id === "string") remember(known.ids, id);
    if (typeof eventId === "string") remember(known.ids, eventId);
    if (typeof cursor === "string") remember(known.cursors, cursor);
  }
};

/** What is shown must belong to the caller's organization. */
const foreign = (reply: WireReply, organizationId: string): string[] =>
  shownBy(reply).some((shown) => "organizationId" in shown && shown.organizationId !== organizationId)
    ? ["it shows what belongs to another organization"]
    : [];

const soakSystem = async (
  system: System,
  { requests, seed = 1, onProgress = () => {} }: ApiSoakOptions,
): Promise<ApiSoakResult> => {
  const operations = loadOperations();
  const judge = makeJudge(operations);
  const wire = openWire(system.platform.port);
  const callers = await makeCallers(system);
  const locations = [await startLargeExport(system, callers)];
  const known: Known = { cursors: [], ids: [], keys: [], locations };
  const result: ApiSoakResult = { faults: [], requests: 0, statuses: new Map() };
  const startedAt = performance.now();

  const make = (number: number): Draft => {
    const random = randomFrom(seed * 1_000_003 + number);
    const draft = draftOf(operations[number % operations.length] ?? oneOf(random, operations), known, random);
    spoil(draft, random);
    return draft;
  };

  const send = async (draft: Draft, number: number): Promise<WireReply | undefined> => {
    const request = requestOf(draft, callers.authorization.get(draft.token) ?? []);
    const reply = await wire.send(request).catch((error: Error) => error);
    const faults =
      reply instanceof Error
        ? [`it is not answered: ${reply.message}`]
        : [...judge.faultsOf(request, reply), ...foreign(reply, callers.organizationOf(draft.token))];
    if (faults.length > 0 && result.faults.length < FAULTS_MAX) {
      const answer = reply instanceof Error ? "" : `${reply.status} ${reply.text.slice(0, 400)}`;
      const line = curlLine(request, { commands: callers.commands, keep: keepBody(seed, number) });
      result.faults.push(
        `request ${number} of seed ${seed}, ${draft.operation.route} as ${draft.token}: ${faults.join("; ")}\n  ${answer}\n  ${line}`,
      );
    }
    if (reply instanceof Error) return undefined;
    const route = judge.operationOf(request.method, request.path)?.route ?? NO_ROUTE;
    const counts = result.statuses.get(route) ?? new Map<number, number>();
    result.statuses.set(route, counts.set(reply.status, (counts.get(reply.status) ?? 0) + 1));
    return reply;
  };

  for (let first = 0; first < requests; first += WAVE) {
    const drafts = Array.from({ length: Math.min(WAVE, requests - first) }, (_, at) => make(first + at));
    const replies = await Promise.all(drafts.map((draft, at) => send(draft, first + at)));
    for (const [at, reply] of replies.entries()) {
      if (reply) learn(known, reply, drafts[at]?.token ?? "");
    }
    result.requests += drafts.length;
    if (Math.floor((first + WAVE) / 500) > Math.floor(first / 500)) {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
      onProgress(`${result.requests} requests after ${seconds} s, ${result.faults.length} faults`);
    }
  }
  wire.close();
  return result;
};

/**
 * Asks every route of the OpenAPI document with requests that are made from its schemas and then spoilt, and holds
 * each answer against the document: no error of the server, nothing that is not documented.
 */
export const soakApi = async (options: ApiSoakOptions): Promise<ApiSoakResult> => {
  const system = await startSystem();
  try {
    return await soakSystem(system, options);
  } finally {
    await system.stop();
  }
};

/** How often each route answered what, a line for each. */
export const statusLines = ({ statuses }: ApiSoakResult): string[] =>
  [...statuses].map(([route, counts]) => {
    const told = [...counts]
      .sort(([one], [other]) => one - other)
      .map(([status, count]) => `${status}×${count}`);
    return `${route.padEnd(36)} ${told.join(" ")}`;
  });
