import { AsyncLocalStorage } from "node:async_hooks";
import { type LogFields, type LogLevel, log, type PublishedEvent } from "./log.ts";

/** The line that closes an invocation, as it stands. */
type Line = { level: LogLevel; message: string; fields: LogFields; startedAt: number; isOpen: boolean };

/**
 * Each invocation has a line of its own. An action that was given up when its time was over goes on when
 * the next event thaws the sandbox, and what it notes then must not stand in the next invocation's line.
 */
const lines = new AsyncLocalStorage<Line>();

/** Begins this invocation's line; `message` is what it says unless a failure is noted. */
export const openLine = (message: string, fields: LogFields): void =>
  lines.enterWith({ level: "info", message, fields, startedAt: performance.now(), isOpen: true });

/** Adds to the line that closes this invocation. */
export const note = (more: LogFields): void => {
  const line = lines.getStore();
  if (line) Object.assign(line.fields, more);
};

/** A line takes so many events; CloudWatch cuts one of 1 MB. */
const PUBLISHED_MAX = 1_000;

/** Adds events that were put on the bus to the line that closes this invocation. */
export const notePublished = (events: readonly Omit<PublishedEvent, "afterMs">[]): void => {
  const line = lines.getStore();
  if (!line) return;
  const afterMs = Math.round(performance.now() - line.startedAt);
  line.fields.published = [
    ...(line.fields.published ?? []),
    ...events.map((event) => ({ ...event, afterMs })),
  ].slice(0, PUBLISHED_MAX);
};

/** Changes the level and the constant message of the line that closes this invocation, and adds to it. */
export const noteFailure = (level: LogLevel, message: string, more: LogFields = {}): void => {
  const line = lines.getStore();
  if (!line) return;
  line.level = level;
  line.message = message;
  Object.assign(line.fields, more);
};

/** What this invocation's line says so far; nothing outside of an invocation. */
export const noted = (): Readonly<LogFields> => lines.getStore()?.fields ?? {};

/** Writes the line, once. */
export const closeLine = (): void => {
  const line = lines.getStore();
  if (!line?.isOpen) return;
  line.isOpen = false;
  line.fields.durationMs = Math.round(performance.now() - line.startedAt);
  log(line.level, line.message, line.fields);
};
