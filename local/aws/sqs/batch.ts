import { AwsError, InputError } from "../port/errors.ts";
import { type Input, optionalText, records } from "../port/input.ts";

const NAME = /^[A-Za-z0-9_-]{1,80}$/;

export const batchError = (code: string, message: string) =>
  new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` });

type Entry = { Id: string; input: Input };

/** The entries of a batch request, refused as a whole where SQS does. */
export const entriesOf = (input: Input): Entry[] => {
  const entries = records(input, "Entries").map((entry) => ({
    Id: optionalText(entry, "Id") ?? "",
    input: entry,
  }));
  if (entries.length === 0) {
    throw batchError(
      "EmptyBatchRequest",
      "There should be at least one SendMessageBatchRequestEntry in the request.",
    );
  }
  if (entries.length > 10) {
    throw batchError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  for (const { Id } of entries) {
    if (!NAME.test(Id)) {
      throw batchError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
  }
  const repeated = entries.find(({ Id }, index) => entries.findIndex((other) => other.Id === Id) !== index);
  if (repeated) throw batchError("BatchEntryIdsNotDistinct", `Id ${repeated.Id} repeated.`);
  return entries;
};

/** What an entry threw, as one of the answer's `Failed`. */
const failure = (error: unknown) => {
  if (error instanceof AwsError) return { Code: error.code, Message: error.message, SenderFault: true };
  const Message = error instanceof Error ? error.message : String(error);
  return error instanceof InputError
    ? { Code: error.missing ? "MissingParameter" : "InvalidParameterValue", Message, SenderFault: true }
    : { Code: "InternalError", Message, SenderFault: false };
};

/** Runs each entry; what it throws becomes a Failed entry. */
export const eachEntry = async <T extends object>(
  input: Input,
  run: (entry: Input) => Promise<T>,
): Promise<{ Successful: object[]; Failed: object[] }> => {
  const results = await Promise.all(
    entriesOf(input).map(async ({ Id, input: entry }) => {
      try {
        return { Successful: { Id, ...(await run(entry)) } };
      } catch (error) {
        return { Failed: { Id, ...failure(error) } };
      }
    }),
  );
  return {
    Successful: results.flatMap((result) => (result.Successful ? [result.Successful] : [])),
    Failed: results.flatMap((result) => (result.Failed ? [result.Failed] : [])),
  };
};
