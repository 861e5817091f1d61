import { sendMessages } from "#common/aws/sqs.ts";
import { queueText } from "../queue-messages.ts";
import type { Rejected } from "./rejected.ts";

/** Sends refused records to the queue `logs-rejected`; answers how many it does not have, and why. */
export type SendRejected = (records: readonly Rejected[]) => Promise<{ missing: number; reason: string }>;

export const rejectedQueue =
  (queueUrl: string): SendRejected =>
  async (records) => {
    const messages = records.map((record) => ({ body: queueText(JSON.stringify(record)) }));
    const refused = await sendMessages(queueUrl, messages);
    return { missing: refused.length, reason: refused[0]?.code ?? "" };
  };
