import { nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, integer, optionalInteger, optionalText, text, textMap, texts } from "../port/input.ts";
import type { Call, Operation, OperationService } from "../port/service.ts";
import { md5, md5OfAttributes, messageAttributes, sizeOf } from "./attributes.ts";
import { batchError, entriesOf, failure } from "./batch.ts";
import { queryInput, queryOutput } from "./query.ts";
import { checkAttributes, describeAttributes } from "./queue-attributes.ts";
import { noSuchQueue, type QueueSet } from "./queues.ts";
import { received } from "./received.ts";
import type { NewMessage } from "./store.ts";

const BATCH_BYTES_MAX = 1_048_576;
const NAME = /^[A-Za-z0-9_-]{1,80}$/;

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
export const makeSqs = (queues: QueueSet): OperationService => {
  const nameOf = (input: Input) => {
    const name = nameInArn(text(input, "QueueUrl"));
    return name;
  };
  /** Access comes first, as in AWS: who may not look does not learn what exists. */
  const open = (input: Input, call: Call, action: string): string => {
    const name = nameOf(input);
    call.authorize(`sqs:${action}`, queues.arnOf(name));
    queues.get(name);
    return name;
  };
  const urlOf = (name: string, call: Call) => `${call.origin}/${queues.arnOf(name).split(":")[4]}/${name}`;

  const parseMessage = (queue: string, input: Input, call: Call): NewMessage => {
    const body = text(input, "MessageBody");
    const attributes = messageAttributes(input);
    const limit = Number(queues.setting(queues.get(queue), "MaximumMessageSize"));
    if (sizeOf(body, attributes) > limit) {
      throw invalid(
        `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
      );
    }
    const delaySeconds =
      optionalInteger(input, "DelaySeconds", { min: 0, max: 900 }) ??
      Number(queues.setting(queues.get(queue), "DelaySeconds"));
    return { body, attributes, sender: senderOf(call), delaySeconds };
  };
  const sent = (message: NewMessage, MessageId: string) => ({
    MessageId,
    MD5OfMessageBody: md5(message.body),
    ...(Object.keys(message.attributes).length === 0
      ? {}
      : { MD5OfMessageAttributes: md5OfAttributes(message.attributes) }),
  });

  /** Runs each entry; what it throws becomes a Failed entry. */
  const eachEntry = async <T extends object>(input: Input, run: (entry: Input) => Promise<T> | T) => {
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

  const deleteMessage = async (queue: string, input: Input) => {
    const handle = text(input, "ReceiptHandle");
    if (!(await queues.store.remove(queue, handle))) {
      throw new AwsError(
        "ReceiptHandleIsInvalid",
        `The input receipt handle "${handle}" is not a valid receipt handle.`,
      );
    }
    return {};
  };

  const changeVisibility = async (queue: string, input: Input) => {
    const handle = text(input, "ReceiptHandle");
    const seconds = integer(input, "VisibilityTimeout", { min: 0, max: 43_200 });
    const outcome = await queues.store.changeVisibility(queue, handle, seconds);
    if (outcome === "notInFlight") {
      throw batchError("MessageNotInflight", "The specified message isn't in flight.");
    }
    if (outcome === "unknown") {
      throw invalid(
        `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    queues.wake(queue);
    return {};
  };

  const operations: Record<string, Operation> = {
    CreateQueue: (input, call) => {
      const name = text(input, "QueueName");
      if (!NAME.test(name)) {
        throw invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
      }
      call.authorize("sqs:CreateQueue", queues.arnOf(name));
      const attributes = checkAttributes(textMap(input, "Attributes"));
      if (queues.has(name)) {
        const differs = Object.keys(attributes).find(
          (key) => attributes[key] !== queues.setting(queues.get(name), key),
        );
        if (differs) {
          throw new AwsError(
            "QueueNameExists",
            `A queue already exists with the same name and a different value for attribute ${differs}`,
            { queryCode: "QueueAlreadyExists" },
          );
        }
      } else {
        queues.create(name, attributes);
      }
      return { QueueUrl: urlOf(name, call) };
    },
    DeleteQueue: (input, call) => {
      queues.remove(open(input, call, "DeleteQueue"));
      return {};
    },
    GetQueueUrl: (input, call) => {
      const name = text(input, "QueueName");
      call.authorize("sqs:GetQueueUrl", queues.arnOf(name));
      if (!queues.has(name)) throw noSuchQueue();
      return { QueueUrl: urlOf(name, call) };
    },
    ListQueues: (input, call) => {
      call.authorize("sqs:ListQueues", queues.arnOf("*"));
      const prefix = optionalText(input, "QueueNamePrefix") ?? "";
      const names = queues
        .all()
        .map(({ name }) => name)
        .filter((name) => name.startsWith(prefix));
      return { QueueUrls: names.sort().map((name) => urlOf(name, call)) };
    },
    GetQueueAttributes: (input, call) => {
      const name = open(input, call, "GetQueueAttributes");
      const Attributes = describeAttributes(queues, name, texts(input, "AttributeNames"));
      return Object.keys(Attributes).length === 0 ? {} : { Attributes };
    },
    SetQueueAttributes: (input, call) => {
      const name = open(input, call, "SetQueueAttributes");
      queues.update(name, checkAttributes(textMap(input, "Attributes")));
      return {};
    },
    PurgeQueue: async (input, call) => {
      await queues.store.purge(open(input, call, "PurgeQueue"));
      return {};
    },
    SendMessage: async (input, call) => {
      const queue = open(input, call, "SendMessage");
      const message = parseMessage(queue, input, call);
      const { messageId } = await queues.send(queue, message.body, message);
      return sent(message, messageId);
    },
    SendMessageBatch: async (input, call) => {
      const queue = open(input, call, "SendMessage");
      const bytes = entriesOf(input).reduce(
        (size, { input: entry }) =>
          size + sizeOf(optionalText(entry, "MessageBody") ?? "", messageAttributes(entry)),
        0,
      );
      if (bytes > BATCH_BYTES_MAX) {
        throw batchError(
          "BatchRequestTooLong",
          `Batch requests cannot be longer than ${BATCH_BYTES_MAX} bytes. You have sent ${bytes} bytes.`,
        );
      }
      return eachEntry(input, async (entry) => {
        const message = parseMessage(queue, entry, call);
        const { messageId } = await queues.send(queue, message.body, message);
        return sent(message, messageId);
      });
    },
    ReceiveMessage: async (input, call) => {
      const queue = open(input, call, "ReceiveMessage");
      const visibilitySeconds = optionalInteger(input, "VisibilityTimeout", { min: 0, max: 43_200 });
      const waitSeconds =
        optionalInteger(input, "WaitTimeSeconds", { min: 0, max: 20 }) ??
        Number(queues.setting(queues.get(queue), "ReceiveMessageWaitTimeSeconds"));
      const messages = await queues.receive(queue, {
        max: optionalInteger(input, "MaxNumberOfMessages", { min: 1, max: 10 }) ?? 1,
        waitMs: waitSeconds * 1000,
        signal: call.signal,
        ...(visibilitySeconds === undefined ? {} : { visibilitySeconds }),
      });
      const system = [...texts(input, "AttributeNames"), ...texts(input, "MessageSystemAttributeNames")];
      const wanted = texts(input, "MessageAttributeNames");
      return messages.length === 0
        ? {}
        : { Messages: messages.map((message) => received(message, system, wanted)) };
    },
    DeleteMessage: async (input, call) => deleteMessage(open(input, call, "DeleteMessage"), input),
    DeleteMessageBatch: (input, call) => {
      const queue = open(input, call, "DeleteMessage");
      return eachEntry(input, (entry) => deleteMessage(queue, entry));
    },
    ChangeMessageVisibility: async (input, call) =>
      changeVisibility(open(input, call, "ChangeMessageVisibility"), input),
    ChangeMessageVisibilityBatch: (input, call) => {
      const queue = open(input, call, "ChangeMessageVisibility");
      return eachEntry(input, (entry) => changeVisibility(queue, entry));
    },
    ListDeadLetterSourceQueues: (input, call) => {
      const arn = queues.arnOf(open(input, call, "ListDeadLetterSourceQueues"));
      const sources = queues.all().filter(({ attributes }) => attributes.RedrivePolicy?.includes(`"${arn}"`));
      return { queueUrls: sources.map(({ name }) => urlOf(name, call)) };
    },
    /** Moves at once what is there: a queue of this size needs no task that runs for hours. */
    StartMessageMoveTask: async (input, call) => {
      const from = nameInArn(text(input, "SourceArn"));
      call.authorize("sqs:StartMessageMoveTask", queues.arnOf(from));
      queues.get(from);
      const destination = optionalText(input, "DestinationArn");
      if (destination !== undefined) queues.get(nameInArn(destination));
      const sources = destination === undefined ? queues.store.sources(from) : [];
      const targets = destination === undefined ? sources.map(nameInArn) : [nameInArn(destination)];
      if (destination === undefined) {
        for (const arn of sources) await queues.store.move(from, null, { name: nameInArn(arn), arn });
      } else {
        await queues.store.move(from, nameInArn(destination), null);
      }
      for (const target of targets) queues.wake(target);
      return { TaskHandle: Buffer.from(`${from}/${Date.now()}`).toString("base64url") };
    },
    ListQueueTags: (input, call) => {
      open(input, call, "ListQueueTags");
      return { Tags: {} };
    },
  };

  return {
    kind: "operations",
    name: "sqs",
    protocols: ["json", "query"],
    targets: ["AmazonSQS"],
    errorPrefix: "com.amazonaws.sqs#",
    jsonVersion: "1.0",
    inputError: { missing: "MissingParameter", invalid: "InvalidParameterValue" },
    throttling: { code: "RequestThrottled", status: 403 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
    operations,
    query: { input: queryInput, output: queryOutput },
  };
};

const senderOf = (call: Call) => `AROALOCAL:${call.accessKeyId}`;
