import type { GatewayAnswer } from "./gateway-responses.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Headers of the message's framing, which the gateway sets itself. */
const OWN: ReadonlySet<string> = new Set(["content-length", "transfer-encoding", "connection"]);

/**
 * Headers that API Gateway keeps for itself: a function's own go out as `x-amzn-remapped-<name>`. A 401 of a function
 * therefore has no `www-authenticate`; one of the gateway itself has.
 */
const REMAPPED: ReadonlySet<string> = new Set(["authorization", "date", "server", "www-authenticate"]);

/** A header with a line break in it would split the answer; Node refuses other bad characters too. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

const scalarText = (value: unknown): string | undefined =>
  ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;

/** Names and values in turn; undefined if one of them is no text. */
const headersOf = (single: unknown, multiple: unknown): string[] | undefined => {
  const flat: string[] = [];
  const push = (name: string, value: unknown): boolean => {
    const text = scalarText(value);
    if (text === undefined || UNSENDABLE.test(text) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return false;
    const lower = name.toLowerCase();
    if (!OWN.has(lower)) flat.push(REMAPPED.has(lower) ? `x-amzn-remapped-${lower}` : name, text);
    return true;
  };
  const many = multiple ?? {};
  const one = single ?? {};
  if (!isRecord(many) || !isRecord(one)) return undefined;
  for (const name in many) {
    const values = many[name];
    if (!Array.isArray(values) || !values.every((value) => push(name, value))) return undefined;
  }
  for (const name in one) {
    // The same pair in both counts once.
    const values = many[name];
    if (Array.isArray(values) && values.includes(one[name])) continue;
    if (!push(name, one[name])) return undefined;
  }
  return flat;
};

const has = (headers: readonly string[], name: string): boolean => {
  for (let at = 0; at < headers.length; at += 2) if (headers[at]?.toLowerCase() === name) return true;
  return false;
};

/** The answer in a function's payload; undefined when API Gateway would call it malformed. */
export const readFunctionAnswer = (payload: unknown, requestId: string): GatewayAnswer | undefined => {
  if (!isRecord(payload)) return undefined;
  const { statusCode, body = "", isBase64Encoded } = payload;
  const status = Number(statusCode ?? Number.NaN);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== null && typeof body !== "string") return undefined;
  const headers = headersOf(payload.headers, payload.multiValueHeaders);
  if (headers === undefined) return undefined;
  const text = body ?? "";
  if (text !== "" && !has(headers, "content-type")) headers.push("content-type", "application/json");
  if (!has(headers, "x-request-id")) headers.push("x-request-id", requestId);
  return { status, headers, body: isBase64Encoded === true ? Buffer.from(text, "base64") : text };
};
