import { sendMessages } from "#common/aws/sqs.ts";
import { queueText } from "../queue-messages.ts";

/** Sends lines to the queue `logs-late`; answers those that it does not have. */
export type SendLate = (lines: readonly string[]) => Promise<{ refused: Set<string>; reason: string }>;

export const lateQueue =
  (queueUrl: string): SendLate =>
  async (lines) => {
    const messages = new Map(lines.map((line) => [{ body: queueText(line) }, line]));
    const refused = await sendMessages(queueUrl, [...messages.keys()]);
    return {
      refused: new Set(refused.flatMap(({ item }) => messages.get(item) ?? [])),
      reason: refused[0]?.code ?? "",
    };
  };
