import type { SQSRecord } from "aws-lambda";
import { AppError } from "#common/errors/app-error.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { isTransactionId } from "#common/ids/transaction-id.ts";
import { note } from "#common/telemetry/line.ts";
import type { Validator } from "#common/validation/validator.ts";
import type { BatchEvent, Failure, Message } from "./batch.ts";
import type { Middleware } from "./middleware.ts";

/** The id that a message carries from the request that sent it. */
export const transactionIdOf = ({ messageAttributes }: SQSRecord): string | undefined => {
  const id = messageAttributes?.transactionId?.stringValue;
  return isTransactionId(id) ? id : undefined;
};

const parse = <T>(
  { messageId, body }: SQSRecord,
  transactionId: string | undefined,
  schema: Validator<T>,
): Message<T> | Failure => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { messageId, error: new AppError("MESSAGE_NOT_JSON") };
  }
  const checked = schema.check(value);
  if (!checked.ok) return { messageId, error: new AppError("MESSAGE_INVALID", { errors: checked.faults }) };
  return transactionId === undefined
    ? { messageId, body: checked.value }
    : { messageId, body: checked.value, transactionId };
};

/** A batch of one purpose has one id; several are listed, each once. */
const noteTransactions = (ids: readonly string[]): void => {
  const [first, ...others] = new Set(ids);
  if (first === undefined) return;
  note(others.length === 0 ? { transactionId: first } : { transactionIds: [first, ...others] });
};

/** The organization of a message: its own, or that of the first of several things in it, which are of one request. */
const organizationOf = (body: unknown): string | undefined => {
  const fields = Object(body) as Record<string, unknown>;
  if (isOrganizationId(fields.organizationId)) return fields.organizationId;
  for (const inner of Object.values(fields)) {
    const first = Array.isArray(inner) ? organizationOf(inner[0]) : undefined;
    if (first !== undefined) return first;
  }
  return undefined;
};

/** Parses each message and checks it against the schema: the action gets those that pass. */
export const messages = <T>(schema: Validator<T>): Middleware<BatchEvent<T>> => ({
  before: ({ event }) => {
    const ids: string[] = [];
    event.messages = [];
    event.failures = [];
    event.served = [];
    event.servedBy = [];
    for (const record of event.Records) {
      const transactionId = transactionIdOf(record);
      if (transactionId !== undefined) ids.push(transactionId);
      const parsed = parse(record, transactionId, schema);
      if ("error" in parsed) {
        event.failures.push(parsed);
        continue;
      }
      event.messages.push(parsed);
      const organizationId = transactionId === undefined ? undefined : organizationOf(parsed.body);
      if (transactionId !== undefined && organizationId !== undefined) {
        event.served.push({ organizationId, transactionId });
        event.servedBy.push(parsed.messageId);
      }
    }
    if (ids.length > 0) noteTransactions(ids);
  },
});
