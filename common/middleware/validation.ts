import { isUtf8 } from "node:buffer";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Member } from "#common/auth/caller.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Fault, FaultList, faultsIn, step } from "#common/errors/fault.ts";
import type { RouteContract } from "#common/http/contract.ts";
import { hasControlCharacter } from "#common/validation/control-characters.ts";
import { bodyTooLarge } from "./body-too-large.ts";
import { preconditionsOf } from "./conditional-headers.ts";
import type { HttpEvent } from "./http-event.ts";
import { bodyOf } from "./json-body.ts";
import type { Middleware } from "./middleware.ts";
import { unpacked } from "./packed-body.ts";

const BODY_BYTES_MAX = 1_048_576;

/** What a decoder writes where it met bytes that are no UTF-8. */
const REPLACEMENT = "\ufffd";

/**
 * Reads a body in place of its schema's check, for rules that no schema can say and for speed. Answers the
 * value or every fault; throws `BODY_NOT_JSON` with the faults found `beside` the body for what is no JSON.
 */
export type ReadBody = (
  text: string,
  caller: Member,
  beside?: Fault[],
  mediaType?: string,
) => { value: unknown; faults: Fault[] };

const notUtf8 = (message: string) =>
  new AppError("BODY_NOT_JSON", { errors: [{ in: "body", path: "", message }] });

/**
 * The body's text, within the route's size. Bytes that are no UTF-8 are refused, not replaced. Where the
 * gateway decoded the body before, U+FFFD is the only sign of such bytes, and is refused in their place;
 * JSON can say it as `\ufffd`.
 */
const bodyText = (
  event: APIGatewayProxyEvent,
  { bodyBytesMax: bytesMax = BODY_BYTES_MAX, bodyTypes }: RouteContract,
): string => {
  const body = event.body ?? "";
  if (!event.isBase64Encoded) {
    if (Buffer.byteLength(body) > bytesMax) throw bodyTooLarge(bytesMax);
    if (body.includes(REPLACEMENT))
      throw notUtf8(
        "must be UTF-8, and hold U+FFFD as an escape only: unescaped it stands for bytes that were lost",
      );
    return body;
  }
  const sent = Buffer.from(body, "base64");
  const bytes = bodyTypes ? unpacked(sent, bytesMax) : sent;
  if (bytes.byteLength > bytesMax) throw bodyTooLarge(bytesMax);
  if (!isUtf8(bytes)) throw notUtf8("must be UTF-8");
  return bytes.toString("utf8");
};

/** The path's parameters as the caller meant them: a REST API hands them over percent-encoded. */
const paramsOf = (
  { pathParameters }: APIGatewayProxyEvent,
  names: readonly string[],
  faults: FaultList,
): Record<string, string> => {
  const params: Record<string, string> = {};
  for (const name of names) {
    const encoded = pathParameters?.[name] ?? "";
    try {
      params[name] = decodeURIComponent(encoded);
    } catch {
      faults.add({ in: "path", path: step(name), message: "must be percent-encoded UTF-8" });
    }
  }
  return params;
};

/** What no text of a query can be: bytes that were no UTF-8, or control characters, which no stored text holds. */
const textFault = (text: string): string | undefined => {
  if (!text.isWellFormed() || text.includes(REPLACEMENT)) return "must be UTF-8";
  return hasControlCharacter(text) ? "must not hold control characters" : undefined;
};

/** Every value of a repeated parameter; one alone is not a list. */
const queryOf = (event: APIGatewayProxyEvent, faults: FaultList): Record<string, unknown> => {
  const given = Object.entries(event.multiValueQueryStringParameters ?? {});
  for (const [name, values = []] of given) {
    const message = [name, ...values].map(textFault).find(Boolean);
    if (message) faults.add({ in: "query", path: step(name.toWellFormed()), message });
  }
  return Object.fromEntries(given.map(([name, values]) => [name, values?.length === 1 ? values[0] : values]));
};

const queryFaults = (query: Record<string, unknown>, { query: validator }: RouteContract): Fault[] =>
  validator
    ? validator.faults(query)
    : Object.keys(query).map((name) => ({ path: step(name), message: "is not a known parameter" }));

/** Path, query, conditional headers and body against the route's contract; one error names the faults of all. */
export const validation = (): Middleware<HttpEvent> => ({
  before: ({ event }) => {
    const { route, request } = event.exchange;
    if (!route) return;
    request.rawBody = bodyText(event, route.contract);
    const faults = new FaultList();
    request.params = paramsOf(event, route.parameters, faults);
    const query = queryOf(event, faults);
    faults.add(...faultsIn("query", queryFaults(query, route.contract)));
    request.preconditions = preconditionsOf(event, route, faults);
    Object.assign(request, { query, body: bodyOf(event, route, faults) });
    if (faults.faults.length > 0) throw new AppError("INPUT_INVALID", { errors: faults.faults });
  },
});
