import type { OperationService } from "../port/service.ts";
import { cancelMessageMoveTask } from "./cancel-message-move-task.ts";
import { changeMessageVisibility, changeMessageVisibilityBatch } from "./change-message-visibility.ts";
import { sqsContext } from "./context.ts";
import { createQueue } from "./create-queue.ts";
import { deleteMessage, deleteMessageBatch } from "./delete-message.ts";
import { deleteQueue } from "./delete-queue.ts";
import { getQueueAttributes } from "./get-queue-attributes.ts";
import { getQueueUrl } from "./get-queue-url.ts";
import { listDeadLetterSourceQueues } from "./list-dead-letter-source-queues.ts";
import { listMessageMoveTasks } from "./list-message-move-tasks.ts";
import { listQueues } from "./list-queues.ts";
import { makeMoveTasks } from "./move-tasks.ts";
import { purgeQueue } from "./purge-queue.ts";
import { queryInput, queryOutput } from "./query.ts";
import { listQueueTags, tagQueue, untagQueue } from "./queue-tags.ts";
import type { QueueSet } from "./queues.ts";
import { receiveMessage } from "./receive-message.ts";
import { sendMessage } from "./send-message.ts";
import { sendMessageBatch } from "./send-message-batch.ts";
import { setQueueAttributes } from "./set-queue-attributes.ts";
import { startMessageMoveTask } from "./start-message-move-task.ts";

export const makeSqs = (queues: QueueSet, now: () => number = Date.now): OperationService => {
  const sqs = sqsContext(queues, now);
  const tasks = makeMoveTasks(queues, now);
  return {
    kind: "operations",
    name: "sqs",
    protocols: ["json", "query"],
    targets: ["AmazonSQS"],
    errorPrefix: "com.amazonaws.sqs#",
    jsonVersion: "1.0",
    inputError: { missing: "MissingParameter", invalid: "InvalidParameterValue" },
    jsonCodes: {
      InvalidParameterValue: "InvalidParameterValueException",
      MissingParameter: "MissingRequiredParameterException",
    },
    throttling: { code: "RequestThrottled", status: 403 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
    operations: {
      CreateQueue: createQueue(sqs),
      DeleteQueue: deleteQueue(sqs),
      GetQueueUrl: getQueueUrl(sqs),
      ListQueues: listQueues(sqs),
      GetQueueAttributes: getQueueAttributes(sqs),
      SetQueueAttributes: setQueueAttributes(sqs),
      PurgeQueue: purgeQueue(sqs),
      SendMessage: sendMessage(sqs),
      SendMessageBatch: sendMessageBatch(sqs),
      ReceiveMessage: receiveMessage(sqs),
      DeleteMessage: deleteMessage(sqs),
      DeleteMessageBatch: deleteMessageBatch(sqs),
      ChangeMessageVisibility: changeMessageVisibility(sqs),
      ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(sqs),
      ListDeadLetterSourceQueues: listDeadLetterSourceQueues(sqs),
      StartMessageMoveTask: startMessageMoveTask(sqs, tasks),
      ListMessageMoveTasks: listMessageMoveTasks(sqs, tasks),
      CancelMessageMoveTask: cancelMessageMoveTask(sqs, tasks),
      TagQueue: tagQueue(sqs),
      UntagQueue: untagQueue(sqs),
      ListQueueTags: listQueueTags(sqs),
    },
    query: { input: queryInput, output: queryOutput },
    close: async () => {
      tasks.close();
      await queues.close();
    },
  };
};
