import { callerOf } from "./caller.ts";
import type { EventJson, EventOptions, WriteEvent } from "./event-json.ts";

export type CallOptions = {
  action?: string;
  description?: string;
  /** False when it failed. */
  success?: boolean;
  detail?: Readonly<Record<string, unknown>>;
};

export type Call = {
  /** Carry the transaction id to the server that is called. */
  headers: { "x-transaction-id": string };
  /** Puts the call's event, once. What is said here counts more than what was said when the call began. */
  end(result?: CallOptions): void;
};

/** The log of one request, or of one piece of work. */
export type RequestLog = {
  transactionId: string;
  /** Puts an event. */
  event(action: string, description: string, options?: EventOptions): void;
  /** Begins a call of another server, by its name. Its event is put when it ends, at the latest with the log. */
  call(to: string, options?: CallOptions): Call;
  /** Hands the events over to be sent, as one message. Does not wait until they are sent: see `flush`. */
  end(): Promise<void>;
  /** Runs the function and ends the log, also when it throws: then with an event of type `error`. */
  around<T>(run: (log: RequestLog) => T | Promise<T>): Promise<T>;
};

export type LogDeps = {
  transactionId: string;
  withCaller: boolean;
  writeEvent: WriteEvent;
  now: () => number;
  /** Whether there is room for the event; takes it if there is. */
  take: (event: EventJson) => boolean;
  /** Sends the events as a message. */
  send: (events: readonly EventJson[]) => Promise<void> | void;
};

export const makeLog = ({ transactionId, withCaller, writeEvent, now, take, send }: LogDeps): RequestLog => {
  let events: EventJson[] = [];
  let ended = false;
  let sending: Promise<void> | undefined;
  const open = new Set<Call["end"]>();

  const put = (action: string, description: string, options: EventOptions = {}, caller?: string): void => {
    const event = writeEvent(action, description, options, now(), caller);
    if (take(event)) events.push(event);
    // What is put after the end is a message of its own.
    if (ended) void end();
  };

  const event: RequestLog["event"] = (action, description, options) =>
    put(action, description, options, withCaller ? callerOf(event) : undefined);

  const call: RequestLog["call"] = (to, begun) => {
    const time = now();
    const startedAt = performance.now();
    const caller = withCaller ? callerOf(call) : undefined;
    const finish = (result?: CallOptions): void => {
      if (!open.delete(finish)) return;
      const { action = `called ${to}`, description = action, success } = { ...begun, ...result };
      const durationMs = Math.round(performance.now() - startedAt);
      const detail = { ...begun?.detail, ...result?.detail, to, durationMs };
      put(action, description, { type: "call", time, success, detail }, caller);
    };
    open.add(finish);
    return { headers: { "x-transaction-id": transactionId }, end: finish };
  };

  const end = (): Promise<void> => {
    ended = true;
    for (const finish of open) finish({ detail: { unfinished: true } });
    // Later, so that what is put in the same turn after the end goes with it.
    sending ??= Promise.resolve().then(() => {
      const ending = events;
      events = [];
      sending = undefined;
      if (ending.length > 0) return send(ending);
    });
    return sending;
  };

  const log: RequestLog = {
    transactionId,
    event,
    call,
    end,
    around: async (run) => {
      try {
        return await run(log);
      } catch (error) {
        put("failed", `${error}`, { type: "error", success: false, detail: { error } });
        throw error;
      } finally {
        await end();
      }
    },
  };
  return log;
};
