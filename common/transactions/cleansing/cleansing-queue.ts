import { sendMessages } from "#common/aws/sqs.ts";
import type { RowsMessage } from "./cleansing-message.ts";

/** Puts messages on the queue `transactions-cleansings`; throws unless it has all of them. */
export const cleansingQueue =
  (queueUrl: string) =>
  async (messages: readonly RowsMessage[]): Promise<void> => {
    const [refused] = await sendMessages(
      queueUrl,
      messages.map((message) => ({ body: JSON.stringify(message) })),
    );
    if (refused) throw new Error(`the queue refused a message: ${refused.code}`);
  };
