import type { Operation, Schema } from "#local/testing/api/operations.ts";
import type { WireRequest } from "#local/testing/api/wire.ts";
import { integerFrom, oneOf, type Random, valueFor } from "./values.ts";

/** A request while it is made: its parts apart, so that each can be spoilt. */
export type Draft = {
  operation: Operation;
  method: string;
  /** Percent-encoded. */
  segments: string[];
  /** Percent-encoded names and values. */
  query: [string, string][];
  headers: [string, string][];
  /** The body's value, as long as it is JSON, and then its bytes. */
  value: unknown;
  bytes: Buffer | undefined;
  /** Which of the tokens it is sent with. */
  token: string;
};

/** What earlier answers showed, for requests that go on from there. */
export type Known = {
  cursors: string[];
  ids: string[];
  keys: string[];
  /** What a 202 said, where the thing is, and who may ask for it. */
  locations: { path: string; token: string }[];
};

const KNOWN_MAX = 200;

/** Keeps the newest. */
export const remember = <T>(kept: T[], one: T): void => {
  kept.push(one);
  if (kept.length > KNOWN_MAX) kept.shift();
};

const encoded = (value: unknown): string => encodeURIComponent(String(value));

const idOf = (name: string, known: Known, random: Random): string => {
  const isOfPlatform = name === "id";
  if (known.ids.length > 0 && random() < (isOfPlatform ? 0.8 : 0.2)) return encoded(oneOf(random, known.ids));
  return encoded(valueFor({ type: "string", pattern: "^[A-Za-z0-9]" } satisfies Schema, random));
};

const BOUNDS: Readonly<Record<string, string>> = { from: "2025-01-01", to: "2025-01-03" };

const queryOf = ({ parameters }: Operation, known: Known, random: Random): [string, string][] =>
  parameters
    .filter((parameter) => parameter.in === "query" && (parameter.required || random() < 0.35))
    .flatMap(({ name, schema }): [string, string][] => {
      if (name === "cursor") {
        return known.cursors.length > 0 ? [[name, encoded(oneOf(random, known.cursors))]] : [];
      }
      // A range that is not too long is hardly met by chance.
      const bound = BOUNDS[name];
      if (bound !== undefined && random() < 0.6) return [[name, bound]];
      return [valueFor(schema, random)].flat().map((value) => [name, encoded(value)]);
    });

const keyOf = (known: Known, random: Random): string => {
  if (known.keys.length > 0 && random() < 0.5) return oneOf(random, known.keys);
  const key = `key-${integerFrom(random, 0, 1_000_000)}`;
  remember(known.keys, key);
  return key;
};

const CONDITIONS = ["*", '"other"', 'W/"other"', '"one", "other"'];

/** An example of the document's as often as not: some texts, SQL among them, are hardly met by chance. */
const bodyOf = (schema: Schema, random: Random): unknown => {
  const { examples } = schema;
  const isExample = Array.isArray(examples) && examples.length > 0 && random() < 0.5;
  return isExample ? structuredClone(oneOf(random, examples)) : valueFor(schema, random);
};

/** A thing that is to be asked for with this operation. */
const locationFor = ({ path }: Operation, { locations }: Known, random: Random) => {
  const parent = path.replace(/\{[^}]+\}$/, "");
  const fitting = locations.filter((location) => parent !== path && location.path.startsWith(parent));
  return fitting.length > 0 && random() < 0.5 ? oneOf(random, fitting) : undefined;
};

/** A request that the document allows. */
export const draftOf = (operation: Operation, known: Known, random: Random): Draft => {
  const headers: [string, string][] = [];
  if (operation.body) headers.push(["content-type", "application/json"]);
  const takesKey = operation.parameters.some(({ name }) => name === "Idempotency-Key");
  if (takesKey && random() < 0.4) headers.push(["Idempotency-Key", keyOf(known, random)]);
  for (const { name } of operation.parameters.filter((parameter) => parameter.in === "header")) {
    const isCondition = name.startsWith("If-");
    if (isCondition && random() < 0.15) headers.push([name, oneOf(random, CONDITIONS)]);
  }
  if (random() < 0.1) headers.push(["x-transaction-id", `t-${integerFrom(random, 0, 99)}`]);
  const { path, token } = locationFor(operation, known, random) ?? { path: operation.path, token: "admin" };
  return {
    operation,
    method: operation.method,
    segments: path
      .slice(1)
      .split("/")
      .map((segment) => (segment.startsWith("{") ? idOf(segment.slice(1, -1), known, random) : segment)),
    query: queryOf(operation, known, random),
    headers,
    value: operation.body ? bodyOf(operation.body, random) : undefined,
    bytes: undefined,
    token,
  };
};

/** The request as it goes out. */
export const requestOf = (draft: Draft, authorization: readonly string[]): WireRequest => {
  const { method, segments, query, headers, value, bytes } = draft;
  const asked = query.map(([name, text]) => `${name}=${text}`).join("&");
  return {
    method,
    path: `/${segments.join("/")}${asked === "" ? "" : `?${asked}`}`,
    headers: [...authorization.map((text) => ["authorization", text] as const), ...headers],
    body: bytes ?? (value === undefined ? undefined : Buffer.from(JSON.stringify(value))),
  };
};
