import { optionalText } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { messageAttributes, sizeOf } from "./attributes.ts";
import { batchError, eachEntry, entriesOf } from "./batch.ts";
import type { Sqs } from "./context.ts";
import { sendOne } from "./send-message.ts";

const BYTES_MAX = 1_048_576;

export const sendMessageBatch =
  (sqs: Sqs): Operation =>
  (input, call) => {
    const queue = sqs.open(input, call, "SendMessage");
    const bytes = entriesOf(input).reduce(
      (size, { input: entry }) =>
        size + sizeOf(optionalText(entry, "MessageBody") ?? "", messageAttributes(entry)),
      0,
    );
    if (bytes > BYTES_MAX) {
      throw batchError(
        "BatchRequestTooLong",
        `Batch requests cannot be longer than ${BYTES_MAX} bytes. You have sent ${bytes} bytes.`,
      );
    }
    return eachEntry(input, (entry) => sendOne(sqs, queue, entry, call));
  };
