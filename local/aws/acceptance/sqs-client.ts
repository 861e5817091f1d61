import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Clients } from "../testing/port.ts";
import { freshName } from "./emulator.ts";

type Attributes = Partial<Record<QueueAttributeName, string>>;
export type TestQueue = { QueueUrl: string; QueueName: string; arn: string };

/** What most tests of queues do, in one call each. */
export const queueClient = (clients: () => Clients) => {
  const make = async (Attributes: Attributes = {}, tags: Record<string, string> = {}): Promise<TestQueue> => {
    const QueueName = freshName("queue");
    const { QueueUrl = "" } = await clients().sqs.send(
      new CreateQueueCommand({ QueueName, Attributes, tags }),
    );
    return { QueueUrl, QueueName, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
  };
  const attributes = async (QueueUrl: string, ...AttributeNames: QueueAttributeName[]) =>
    (await clients().sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes ?? {};
  return {
    make,
    attributes,
    attribute: async (QueueUrl: string, name: QueueAttributeName) => (await attributes(QueueUrl, name))[name],
    /** A queue and the queue of its dead letters. */
    makeWithDeadLetters: async (maxReceiveCount: number, more: Attributes = {}) => {
      const dead = await make({ VisibilityTimeout: "0" });
      const policy = { deadLetterTargetArn: dead.arn, maxReceiveCount };
      const source = await make({ VisibilityTimeout: "0", RedrivePolicy: JSON.stringify(policy), ...more });
      return { source, dead };
    },
    send: (QueueUrl: string, MessageBody: string, more = {}) =>
      clients().sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive: async (QueueUrl: string, more = {}): Promise<Message[]> => {
      const { Messages = [] } = await clients().sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["All"],
          ...more,
        }),
      );
      return Messages;
    },
  };
};
