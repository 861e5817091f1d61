import { hash } from "node:crypto";
import { uuidFrom } from "#common/ids/uuid.ts";
import type { Clock } from "#common/time/clock.ts";
import type { Answer } from "../answer.ts";
import { answerFromSaid } from "./answer-from-said.ts";
import { type Posted, postJson } from "./post-json.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { type Question, type Said, VendorAnswerSchema } from "./vendor.schema.ts";

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 1_000_000;

/** What is asked of one transaction: all that the vendor learns. */
export type Asked = Omit<Question, "id">;

/**
 * How a call ended. `answered`: in the order of the questions, with undefined for what is unknown there. `failed`:
 * the vendor could not; it may be able to later. `refused`: it does not take this request. `locked`: it lets
 * nothing in that carries this secret.
 */
export type Outcome =
  | { kind: "answered"; answers: (Answer | undefined)[] }
  | { kind: "failed"; reason: string; retryAfterSeconds?: number }
  | { kind: "refused"; reason: string }
  | { kind: "locked"; reason: string };

export type AskVendor = (asked: readonly Asked[], secret: string, purpose: string) => Promise<Outcome>;

export type AskVendorDeps = { url: string; now: Clock; timeoutMs?: number };

/**
 * An id that follows from what the vendor gets anyway, and from the place in the request: an answer to another
 * request does not fit, and nothing can be learnt from it.
 */
const idOf = (asked: Asked, place: number): string =>
  hash("sha256", JSON.stringify([place, asked]), "base64url").slice(0, 16);

const readAnswer = (body: string, ids: readonly string[]): (Answer | undefined)[] | string => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "no JSON";
  }
  const checked = VendorAnswerSchema.check(value);
  if (!checked.ok) {
    const [fault] = checked.faults;
    return `not as the schema says: ${fault?.path} ${fault?.message}`;
  }
  const said = new Map<string, Said>();
  for (const one of checked.value.transactions) {
    if (said.has(one.id)) return "an id stands in it twice";
    said.set(one.id, one);
  }
  const answers = ids.map((id) => said.get(id));
  const known = answers.filter((one) => one !== undefined).length;
  if (known < said.size) return "an id stands in it that was not asked for";
  return answers.map((one) => one && answerFromSaid(one));
};

const withRetry = (seconds: number | undefined) =>
  seconds === undefined ? {} : { retryAfterSeconds: seconds };

const outcomeOf = ({ status, body, retryAfter }: Posted, ids: readonly string[], nowMs: number): Outcome => {
  const reason = `status ${status}`;
  if (status === 401 || status === 403) return { kind: "locked", reason };
  if (status === 408 || status === 429 || status >= 500) {
    return { kind: "failed", reason, ...withRetry(retryAfterSeconds(retryAfter, nowMs)) };
  }
  if (status >= 400) return { kind: "refused", reason };
  // A redirect is not followed: the URL in the settings is the one that may learn of transactions.
  if (status !== 200) return { kind: "failed", reason: `${reason} instead of 200` };
  if (body === undefined) return { kind: "failed", reason: `an answer of more than ${BYTES_MAX} bytes` };
  const answers = readAnswer(body, ids);
  return typeof answers === "string"
    ? { kind: "failed", reason: `an unreadable answer: ${answers}` }
    : { kind: "answered", answers };
};

const nameOf = (error: unknown): string =>
  error instanceof Error ? String(Reflect.get(error, "code") ?? error.name) : "unknown";

/**
 * Asks the vendor about at most 100 transactions; never throws. The same question for the same purpose
 * carries the same idempotency key.
 */
export const makeAskVendor = ({ url, now, timeoutMs = TIMEOUT_MS }: AskVendorDeps): AskVendor => {
  const target = `${url.replace(/\/+$/, "")}/v1/cleansings`;
  return async (asked, secret, purpose) => {
    const ids = asked.map(idOf);
    const body = JSON.stringify({
      transactions: asked.map(({ description, amount, currency, type, postedAt }, place) => ({
        id: ids[place],
        description,
        amount,
        currency,
        type,
        postedAt,
      })),
    });
    const headers = { authorization: `Bearer ${secret}`, "idempotency-key": uuidFrom(purpose, body) };
    try {
      return outcomeOf(await postJson(target, { headers, body, timeoutMs, bytesMax: BYTES_MAX }), ids, now());
    } catch (error) {
      return { kind: "failed", reason: `no answer: ${nameOf(error)}` };
    }
  };
};
