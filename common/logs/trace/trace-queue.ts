import { sendMessages } from "#common/aws/sqs.ts";
import type { Item } from "#common/table/table.ts";
import { queueText } from "../queue-messages.ts";
import { traceMessagesOf } from "./trace-message.ts";

/** Sends rows to the queue `logs-traces`; answers those that it does not have. */
export type SendRows = (items: readonly Item[]) => Promise<Item[]>;

export const traceQueue =
  (queueUrl: string): SendRows =>
  async (items) => {
    const byName = new Map(items.map((item) => [`${item.pk}\n${item.sk}`, item]));
    const messages = traceMessagesOf(items).map((message) => ({
      message,
      sent: { body: queueText(JSON.stringify(message)) },
    }));
    const refused = await sendMessages(
      queueUrl,
      messages.map(({ sent }) => sent),
    );
    const missing = new Set(refused.map(({ item }) => item));
    return messages
      .filter(({ sent }) => missing.has(sent))
      .flatMap(({ message }) => message.rows.flatMap(({ pk, sk }) => byName.get(`${pk}\n${sk}`) ?? []));
  };
