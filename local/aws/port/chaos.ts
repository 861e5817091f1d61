import type { Chaos } from "../../seams.ts";
import { AwsError, DroppedConnection } from "./errors.ts";
import { type Input, isRecord, type Output } from "./input.ts";
import type { Service } from "./service.ts";

/** What happens to a call: nothing, or one of the ways in which AWS fails. */
export type Fate =
  | "spared"
  | "throttled"
  | "internalFailure"
  | "dropped"
  /** The call takes effect, and its answer is lost. */
  | "answerLost"
  | "partial";

const FATES: Fate[] = ["throttled", "internalFailure", "dropped", "answerLost"];

export const fateOf = (chaos: Chaos, isBatch: boolean): Fate => {
  if (chaos.share <= 0 || chaos.random() >= chaos.share) return "spared";
  // Half of the faults of batch calls are partial failures, because code most easily forgets those.
  if (isBatch && chaos.random() < 0.5) return "partial";
  return FATES[Math.floor(chaos.random() * FATES.length)] ?? "throttled";
};

const internalFailure = () => new AwsError("InternalFailure", "Internal server error", { status: 500 });

export const suffer = async <T>(
  fate: Fate,
  service: Pick<Service, "throttling">,
  random: () => number,
  run: () => Promise<T>,
): Promise<T> => {
  switch (fate) {
    case "throttled":
      throw new AwsError(service.throttling.code, "Rate exceeded", { status: service.throttling.status });
    case "internalFailure":
      throw internalFailure();
    case "dropped":
      throw new DroppedConnection();
    case "answerLost":
      await run();
      throw random() < 0.5 ? new DroppedConnection() : internalFailure();
    default:
      return run();
  }
};

type Split = { kept: Input; finish: (output: Output) => Output };
type Splitter = (input: Input, fails: () => boolean) => Split;

const lists = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const idOf = (entry: unknown): unknown => (isRecord(entry) ? entry.Id : undefined);

/** Batches that name their entries: the failed ones come back in `Failed`. */
const byId =
  (field: string, failure: Record<string, unknown>): Splitter =>
  (input, fails) => {
    const entries = lists(input[field]);
    const failed = new Set(entries.filter(() => fails()));
    return {
      kept: { ...input, [field]: entries.filter((entry) => !failed.has(entry)) },
      finish: (output) => ({
        ...output,
        Failed: [...lists(output.Failed), ...[...failed].map((entry) => ({ Id: idOf(entry), ...failure }))],
      }),
    };
  };

/** PutEvents: the failure of an entry stands at the entry's place. */
const byPlace: Splitter = (input, fails) => {
  const entries = lists(input.Entries);
  const failed = entries.map(() => fails());
  return {
    kept: { ...input, Entries: entries.filter((_, index) => !failed[index]) },
    finish: (output) => {
      const rest = [...lists(output.Entries)];
      const count = failed.filter(Boolean).length;
      return {
        ...output,
        FailedEntryCount: Number(output.FailedEntryCount ?? 0) + count,
        Entries: failed.map((lost) =>
          lost ? { ErrorCode: "InternalFailure", ErrorMessage: "Internal failure" } : rest.shift(),
        ),
      };
    },
  };
};

/** Firehose likewise. */
const recordsByPlace: Splitter = (input, fails) => {
  const entries = lists(input.Records);
  const failed = entries.map(() => fails());
  return {
    kept: { ...input, Records: entries.filter((_, index) => !failed[index]) },
    finish: (output) => {
      const rest = [...lists(output.RequestResponses)];
      const count = failed.filter(Boolean).length;
      return {
        ...output,
        FailedPutCount: Number(output.FailedPutCount ?? 0) + count,
        RequestResponses: failed.map((lost) =>
          lost ? { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." } : rest.shift(),
        ),
      };
    },
  };
};

/** DynamoDB: unprocessed items come back, to be sent again. */
const writesPerTable: Splitter = (input, fails) => {
  const requests = isRecord(input.RequestItems) ? input.RequestItems : {};
  const kept: Record<string, unknown[]> = {};
  const unprocessed: Record<string, unknown[]> = {};
  for (const [table, entries] of Object.entries(requests)) {
    for (const entry of lists(entries)) {
      const side = fails() ? unprocessed : kept;
      side[table] = [...(side[table] ?? []), entry];
    }
  }
  return {
    kept: { ...input, RequestItems: kept },
    finish: (output) => ({ ...output, UnprocessedItems: unprocessed }),
  };
};

const readsPerTable: Splitter = (input, fails) => {
  const requests = isRecord(input.RequestItems) ? input.RequestItems : {};
  const kept: Record<string, unknown> = {};
  const unprocessed: Record<string, unknown> = {};
  for (const [table, request] of Object.entries(requests)) {
    if (!isRecord(request)) continue;
    const keys = lists(request.Keys).map((key) => ({ key, lost: fails() }));
    const side = (lost: boolean) => keys.filter((one) => one.lost === lost).map(({ key }) => key);
    if (side(false).length > 0) kept[table] = { ...request, Keys: side(false) };
    if (side(true).length > 0) unprocessed[table] = { ...request, Keys: side(true) };
  }
  return {
    kept: { ...input, RequestItems: kept },
    finish: (output) => ({ ...output, UnprocessedKeys: unprocessed }),
  };
};

const sqsFailure = { Code: "InternalError", Message: "Internal error", SenderFault: false };
const SPLITTERS: Readonly<Record<string, Splitter>> = {
  "sqs:SendMessageBatch": byId("Entries", sqsFailure),
  "sqs:DeleteMessageBatch": byId("Entries", sqsFailure),
  "sqs:ChangeMessageVisibilityBatch": byId("Entries", sqsFailure),
  "sns:PublishBatch": byId("PublishBatchRequestEntries", { ...sqsFailure, Code: "InternalFailure" }),
  "events:PutEvents": byPlace,
  "firehose:PutRecordBatch": recordsByPlace,
  "dynamodb:BatchWriteItem": writesPerTable,
  "dynamodb:BatchGetItem": readsPerTable,
};

/**
 * The answer of a batch call in which every entry failed. It is made here, because services refuse an empty
 * batch.
 */
const EMPTY: Readonly<Record<string, Output>> = {
  "events:PutEvents": { FailedEntryCount: 0, Entries: [] },
  "firehose:PutRecordBatch": { FailedPutCount: 0, RequestResponses: [] },
  "dynamodb:BatchGetItem": { Responses: {} },
  "dynamodb:BatchWriteItem": {},
};

const isEmpty = (input: Input): boolean =>
  Object.entries(input).some(
    ([name, value]) =>
      (name === "RequestItems" && isRecord(value) && Object.keys(value).length === 0) ||
      (Array.isArray(value) && value.length === 0),
  );

export const isBatch = (operation: string): boolean => operation in SPLITTERS;

/** Runs a batch without some of its entries, and answers as AWS does when those failed. */
export const runPartially = async (
  operation: string,
  input: Input,
  random: () => number,
  run: (input: Input) => Promise<Output>,
): Promise<Output> => {
  const splitter = SPLITTERS[operation];
  if (!splitter) return run(input);
  const { kept, finish } = splitter(input, () => random() < 0.5);
  return finish(isEmpty(kept) ? (EMPTY[operation] ?? { Successful: [] }) : await run(kept));
};
