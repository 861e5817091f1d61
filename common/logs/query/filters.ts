import type { LogType } from "#common/logs/types.ts";
import { sqlText } from "./lake-engine.ts";

/** What narrows a search and its counts. */
export type LogFilters = {
  transactionId?: string | undefined;
  server?: string | undefined;
  success?: boolean | undefined;
  /** Words that must all be parts of one message's texts; any case. */
  words: readonly string[];
};

/** The different words of `q`; what parts them is blank. */
export const searchedWords = (q: string): string[] => [
  ...new Set(q.split(/\s+/u).filter((word) => word !== "")),
];

/** A condition on a relation, and the literals for its `?`, in order. */
export type Condition = { sql: string; parameters: string[] };

const ofMessages = (filters: LogFilters): Condition => {
  const parts: string[] = [];
  const parameters: string[] = [];
  if (filters.server !== undefined) {
    parts.push("(server = ? OR any_match(events, e -> e.server = ?))");
    parameters.push(sqlText(filters.server), sqlText(filters.server));
  }
  for (const word of filters.words) {
    // Not LIKE: in a word % and _ mean themselves.
    parts.push(
      "any_match(events, e -> strpos(lower(e.action), lower(?)) > 0 OR strpos(lower(e.description), lower(?)) > 0 OR strpos(lower(coalesce(e.detail, '')), lower(?)) > 0)",
    );
    parameters.push(...[word, word, word].map(sqlText));
  }
  return { sql: parts.join(" AND "), parameters };
};

const ofStoredEvents = (filters: LogFilters): Condition => {
  const parts: string[] = [];
  const parameters: string[] = [];
  // No server is said of a stored event.
  if (filters.server !== undefined) parts.push("false");
  for (const word of filters.words) {
    parts.push(
      "(strpos(lower(type), lower(?)) > 0 OR strpos(lower(description), lower(?)) > 0 OR strpos(lower(coalesce(detail, '')), lower(?)) > 0)",
    );
    parameters.push(...[word, word, word].map(sqlText));
  }
  return { sql: parts.join(" AND "), parameters };
};

/** The filters as a condition on a type's relation. */
export const conditionOf = (logType: LogType, filters: LogFilters): Condition => {
  const common: string[] = [];
  const values: string[] = [];
  if (filters.transactionId !== undefined) {
    common.push("transactionid = ?");
    values.push(sqlText(filters.transactionId));
  }
  if (filters.success !== undefined) common.push(filters.success ? "success" : "NOT success");
  const own = logType === "events" ? ofStoredEvents(filters) : ofMessages(filters);
  const all = [...common, ...(own.sql === "" ? [] : [own.sql])];
  return { sql: all.length === 0 ? "true" : all.join(" AND "), parameters: [...values, ...own.parameters] };
};
