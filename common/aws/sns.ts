import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { type Refused, sendInBatches } from "./batch.ts";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";
import { toMessageAttributes } from "./message-attributes.ts";

let client: SNSClient | undefined;
export const sns = (): SNSClient => {
  client ??= rememberClient(new SNSClient(CLIENT_DEFAULTS));
  return client;
};

export type TopicMessage = { message: string; attributes?: Record<string, string> };

/** Publishes to a topic (10 and 256 KiB a call, SNS's default limit); answers what it did not take. */
export const publishMessages = (
  topicArn: string,
  messages: readonly TopicMessage[],
): Promise<Refused<TopicMessage>[]> =>
  sendInBatches(messages, {
    countMax: 10,
    bytesMax: 262_144,
    bytesOf: ({ message, attributes = {} }) =>
      Buffer.byteLength(message + Object.entries(attributes).join("")) + 16,
    send: async (items) => {
      const { Failed = [] } = await sns().send(
        new PublishBatchCommand({
          TopicArn: topicArn,
          PublishBatchRequestEntries: items.map(({ message, attributes = {} }, index) => ({
            Id: String(index),
            Message: message,
            MessageAttributes: toMessageAttributes(attributes),
          })),
        }),
      );
      return Failed.flatMap(({ Id, Code = "", Message = "", SenderFault = false }) => {
        const item = items[Number(Id)];
        return item ? [{ item, code: Code, reason: Message, retry: !SenderFault }] : [];
      });
    },
  });
