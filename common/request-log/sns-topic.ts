import type { SNSClient } from "@aws-sdk/client-sns";
import { streamNumberOf } from "../log-message/stream-number.ts";
import type { Publish } from "./outbox.ts";

export type SnsPublisherOptions = {
  topicArn: string;
  /** How many log streams the deployment has (`LOG_STREAMS`). */
  streams?: number;
  /** In place of a client with the environment's region and credentials. */
  client?: Pick<SNSClient, "send">;
};

/** Publishes to the topic `logs`. The SDK is loaded with the first message. */
export const snsPublisher =
  ({ topicArn, streams = 1, client }: SnsPublisherOptions): Publish =>
  async (messages) => {
    const { PublishBatchCommand, SNSClient } = await import("@aws-sdk/client-sns");
    client ??= new SNSClient();
    const { Failed = [] } = await client.send(
      new PublishBatchCommand({
        TopicArn: topicArn,
        PublishBatchRequestEntries: messages.map(({ body, organizationID }, index) => ({
          Id: `${index}`,
          Message: body,
          MessageAttributes: {
            stream: { DataType: "String", StringValue: `${streamNumberOf(organizationID, streams)}` },
          },
        })),
      }),
    );
    return Failed.flatMap(({ Id, Code, Message, SenderFault }) => {
      const message = messages[Number(Id)];
      return message ? { message, retry: !SenderFault, reason: `${Code}: ${Message}` } : [];
    });
  };
