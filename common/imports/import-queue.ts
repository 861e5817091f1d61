import { sendMessage } from "#common/aws/sqs.ts";
import type { ImportQueues } from "./ledger.ts";

/** URLs of a service's queues; a function names those that it may send to. */
export type ImportQueueUrls = { files?: string; chunks?: string; reverts?: string };

const sendTo =
  (url: string | undefined) =>
  async (message: object, delaySeconds?: number): Promise<void> => {
    if (url === undefined) throw new Error("this function sends to another queue of imports");
    const delay = delaySeconds === undefined ? {} : { delaySeconds };
    await sendMessage(url, { body: JSON.stringify(message), ...delay });
  };

/** A service's queues of imports in SQS. */
export const importQueues = ({ files, chunks, reverts }: ImportQueueUrls): ImportQueues => ({
  file: sendTo(files),
  chunk: sendTo(chunks),
  revert: sendTo(reverts),
});
