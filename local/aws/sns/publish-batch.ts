import { AwsError } from "../port/errors.ts";
import { type Input, optionalText, records, text } from "../port/input.ts";
import { openTopic, type SnsAction } from "./context.ts";
import { bytesMaxOf, type Publication, readPublication } from "./publication.ts";

const ENTRIES_MAX = 10;

const entriesOf = (input: Input): Input[] => {
  const entries = records(input, "PublishBatchRequestEntries");
  const ids = entries.map((entry) => text(entry, "Id"));
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  }
  if (entries.length > ENTRIES_MAX) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      "The batch request contains more entries than permissible.",
    );
  }
  if (new Set(ids).size < ids.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  return entries;
};

type Failed = { Id: string; Code: string; Message: string; SenderFault: true };

/** An entry alone can be empty, too long or have a bad subject; other faults are those of the whole request. */
const parse = (read: () => Publication, entry: Input): { publication: Publication } | { failed: Failed } => {
  try {
    return { publication: read() };
  } catch (error) {
    const isWhole = !(error instanceof AwsError) || /Message Structure/.test(error.message);
    if (isWhole || error.code !== "InvalidParameter") throw error;
    const Id = optionalText(entry, "Id") ?? "";
    return { failed: { Id, Code: error.code, Message: error.message, SenderFault: true } };
  }
};

export const publishBatch: SnsAction = (context) => async (input, call) => {
  const topic = openTopic(context, input, call, "Publish");
  const { topics, now } = context;
  const limits = { topicArn: topics.arnOf(topic), bytesMax: bytesMaxOf(topics.get(topic)), now: now() };
  const parsed = entriesOf(input).map((entry, index) => {
    const place = `publishBatchRequestEntries.${index + 1}.member.`;
    return {
      Id: text(entry, "Id"),
      ...parse(() => readPublication(limits, entry, place), entry),
    };
  });
  const good = parsed.flatMap((one) => ("publication" in one ? [one] : []));
  if (good.reduce((bytes, { publication }) => bytes + publication.bytes, 0) > limits.bytesMax) {
    throw new AwsError(
      "BatchRequestTooLong",
      "The length of all the batch messages put together is more than the limit.",
    );
  }
  const published = await Promise.allSettled(
    good.map(({ publication }) => context.publish(topic, publication)),
  );
  return {
    Successful: good.flatMap(({ Id, publication }, index) =>
      published[index]?.status === "fulfilled" ? [{ Id, MessageId: publication.messageId }] : [],
    ),
    Failed: [
      ...parsed.flatMap((one) => ("failed" in one ? [one.failed] : [])),
      // The other entries were published, and an error for all would make the caller publish them again.
      ...good.flatMap(({ Id }, index) =>
        published[index]?.status === "rejected"
          ? [{ Id, Code: "InternalFailure", Message: "Internal failure", SenderFault: false }]
          : [],
      ),
    ],
  };
};
