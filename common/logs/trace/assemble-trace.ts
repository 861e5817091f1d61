import type { LogLine } from "../line.ts";
import { type Call, type Heard, placeServers } from "./clock-skew.ts";
import { eventsOfLine, linesOnce, type TracedEvent } from "./trace-event.ts";

/** A trace shows so many messages; with more it is not complete. */
export const TRACE_MESSAGES_MAX = 10_000;
/** Messages may still be on their way for so long after the last one. */
const SETTLING_MS = 120_000;

export type PlacedEvent = TracedEvent & { offsetMs: number; gapMs: number; skewMs?: number };

export type Trace = {
  transactionId: string;
  complete: boolean;
  events: PlacedEvent[];
  servers: { server: string; skewMs: number }[];
  missing: { server: string; calledAt: string }[];
};

/** The call that an event is; undefined for any other event, and for a call that names no server. */
const callOf = ({ type, detail, server, time }: TracedEvent): Call | undefined => {
  const to = detail?.to;
  if (type !== "call" || typeof to !== "string" || to === "") return undefined;
  const startMs = Date.parse(time);
  const { durationMs } = detail ?? {};
  const isDuration = typeof durationMs === "number" && durationMs >= 0;
  return { from: server, to, startMs, ...(isDuration ? { endMs: startMs + durationMs } : {}) };
};

const heardOf = (events: readonly TracedEvent[]): Map<string, Heard> => {
  const heard = new Map<string, Heard>();
  for (const event of events) {
    if (event.server === undefined) continue;
    const timeMs = Date.parse(event.time);
    const endMs = callOf(event)?.endMs ?? timeMs;
    const known = heard.get(event.server);
    heard.set(event.server, {
      firstMs: Math.min(timeMs, known?.firstMs ?? timeMs),
      lastMs: Math.max(endMs, known?.lastMs ?? endMs),
    });
  }
  return heard;
};

/** Each server that was called and not heard of, with the time of its first call. */
const missingOf = (calls: readonly Call[], heard: ReadonlyMap<string, Heard>): Trace["missing"] => {
  const missing = new Map<string, number>();
  for (const { to, startMs } of calls) {
    if (!heard.has(to)) missing.set(to, Math.min(startMs, missing.get(to) ?? startMs));
  }
  return [...missing].map(([server, calledMs]) => ({ server, calledAt: new Date(calledMs).toISOString() }));
};

/**
 * The trace of a transaction: the events of its messages in one line of time. A server whose events lie outside the
 * calls that led to it has a clock that is wrong: its events stand where they must have been, and say by how
 * much; their times stay as they were sent.
 */
export const assembleTrace = (
  transactionId: string,
  found: { lines: readonly LogLine[]; isCut: boolean },
  nowMs: number,
): Trace => {
  const lines = linesOnce(found.lines);
  const events = lines.flatMap((line) => eventsOfLine(line, transactionId));
  const calls = events.flatMap((event) => callOf(event) ?? []);
  const heard = heardOf(events);
  const placed = placeServers(heard, calls);
  const missing = missingOf(calls, heard);
  const lastArrivalMs = lines.reduce((last, { receivedAt }) => Math.max(last, Date.parse(receivedAt)), 0);

  const inOrder = events
    .map((event) => {
      const { skewMs = 0, depth = 0 } = placed.get(event.server) ?? {};
      return { event, skewMs, depth, atMs: Date.parse(event.time) - skewMs };
    })
    // At the same moment, the server that calls comes before the one that is called.
    .sort((a, b) => a.atMs - b.atMs || a.depth - b.depth);
  const firstMs = inOrder[0]?.atMs ?? 0;
  const servers = new Map<string, number>();
  for (const { event, skewMs } of inOrder) if (event.server !== undefined) servers.set(event.server, skewMs);

  return {
    transactionId,
    complete: missing.length === 0 && !found.isCut && nowMs - lastArrivalMs >= SETTLING_MS,
    events: inOrder.map(({ event, skewMs, atMs }, index) => ({
      ...event,
      offsetMs: atMs - firstMs,
      gapMs: atMs - (inOrder[index - 1]?.atMs ?? atMs),
      ...(skewMs === 0 ? {} : { skewMs }),
    })),
    servers: Array.from(servers, ([server, skewMs]) => ({ server, skewMs })),
    missing,
  };
};
