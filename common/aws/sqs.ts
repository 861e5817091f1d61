import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { noted } from "#common/telemetry/line.ts";
import { type Refused, sendInBatches } from "./batch.ts";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";
import { toMessageAttributes } from "./message-attributes.ts";

let client: SQSClient | undefined;
export const sqs = (): SQSClient => {
  client ??= rememberClient(new SQSClient(CLIENT_DEFAULTS));
  return client;
};

export type QueueMessage = { body: string; attributes?: Record<string, string>; delaySeconds?: number };

/** With the transaction id of what is being done now, where one is known: the message is part of it. */
const attributesOf = ({ attributes }: QueueMessage): Record<string, string> | undefined => {
  const { transactionId } = noted();
  return transactionId === undefined ? attributes : { transactionId, ...attributes };
};

const toEntry = (message: QueueMessage) => {
  const { body, delaySeconds } = message;
  const attributes = attributesOf(message);
  return {
    MessageBody: body,
    ...(attributes ? { MessageAttributes: toMessageAttributes(attributes) } : {}),
    ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
  };
};

/** Puts one message on a queue; when this returns, SQS has it. Sent twice if the first answer was lost. */
export const sendMessage = async (queueUrl: string, message: QueueMessage): Promise<void> => {
  await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl, ...toEntry(message) }));
};

const bytesOf = (message: QueueMessage): number =>
  Buffer.byteLength(message.body) +
  Object.entries(attributesOf(message) ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name + value) + 6,
    0,
  );

export type SendMessages = (
  queueUrl: string,
  messages: readonly QueueMessage[],
) => Promise<Refused<QueueMessage>[]>;

/** Puts many messages on a queue (10 and 1 MiB a call); answers those that it does not have. */
export const sendMessages: SendMessages = (queueUrl, messages) =>
  sendInBatches(messages, {
    countMax: 10,
    bytesMax: 1_048_576,
    bytesOf,
    send: async (items) => {
      const { Failed = [] } = await sqs().send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: items.map((item, index) => ({ Id: String(index), ...toEntry(item) })),
        }),
      );
      return Failed.flatMap(({ Id, Code = "", Message = "", SenderFault = false }) => {
        const item = items[Number(Id)];
        return item ? [{ item, code: Code, reason: Message, retry: !SenderFault }] : [];
      });
    },
  });
