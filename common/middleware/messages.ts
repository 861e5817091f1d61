import type { SQSRecord } from "aws-lambda";
import { AppError } from "#common/errors/app-error.ts";
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

const parse = <T>(record: SQSRecord, validator: Validator<T>): Message<T> | Failure => {
  const { messageId } = record;
  let value: unknown;
  try {
    value = JSON.parse(record.body);
  } catch {
    return { messageId, error: new AppError("MESSAGE_NOT_JSON") };
  }
  const checked = validator.check(value);
  if (!checked.ok) return { messageId, error: new AppError("MESSAGE_INVALID", { errors: checked.faults }) };
  const transactionId = transactionIdOf(record);
  return { messageId, body: checked.value, ...(transactionId === undefined ? {} : { transactionId }) };
};

/** A batch of one purpose has one id; several are listed, each once. */
const noteTransactions = (records: readonly SQSRecord[]): void => {
  const ids = new Set<string>();
  for (const record of records) {
    const id = transactionIdOf(record);
    if (id !== undefined) ids.add(id);
  }
  if (ids.size === 1) note({ transactionId: [...ids].join() });
  else if (ids.size > 1) note({ transactionIds: [...ids] });
};

/** Parses each message and checks it against the schema: the action gets those that pass. */
export const messages = <T>(schema: Validator<T>): Middleware<BatchEvent<T>> => ({
  before: ({ event }) => {
    noteTransactions(event.Records);
    event.messages = [];
    event.failures = [];
    for (const record of event.Records) {
      const parsed = parse(record, schema);
      if ("body" in parsed) event.messages.push(parsed);
      else event.failures.push(parsed);
    }
  },
});
