import { setTimeout } from "node:timers/promises";
import type { Send } from "./front-door.ts";

type Trace = {
  events: { offsetMs: number; server?: string; logType: string; action: string; description: string }[];
};

const DEADLINE_MS = 30_000;

/** What the example's trace shows when all of it has arrived: its three servers, and the platform. */
const SERVERS = ["web", "gateway", "app", "data-generator", "data-persister"];

/** The trace, as soon as all of the example's servers are in it. */
export const followTrace = async (send: Send, transactionId: string): Promise<Trace> => {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await send("GET", `/logs/traces/${transactionId}`);
    const trace: Trace = answer.status === 200 ? ((await answer.json()) as Trace) : { events: [] };
    const heard = new Set(trace.events.map(({ server }) => server));
    const missing = SERVERS.filter((server) => !heard.has(server));
    if (missing.length === 0) return trace;
    if (Date.now() > deadline) {
      throw new Error(`the trace shows nothing of ${missing.join(", ")} after ${DEADLINE_MS / 1000} seconds`);
    }
    await setTimeout(200);
  }
};

/** A line for each event: when, where, what. */
export const traceLines = ({ events }: Trace): string[] =>
  events.map(
    ({ offsetMs, server = "", action, description }) =>
      `${String(offsetMs).padStart(6)} ms  ${server.padEnd(15)} ${action}: ${description}`,
  );
