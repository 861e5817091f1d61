import { AppError } from "#common/errors/app-error.ts";
import type { StreamMessage } from "#common/logs/stream/glue.ts";
import type { PutMessages } from "#common/logs/stream/log-stream.ts";
import type { LogLine } from "#common/middleware/log-lines.ts";
import { messagesOfLine } from "./messages-of-line.ts";

export type ForwardLinesDeps = {
  /** Gets what serves no organization. */
  operatorOrganization: string;
  putMessages: PutMessages;
};

/** Puts the messages of log lines on the stream; throws unless it has all of them, and may then be called again. */
export const makeForwardLines =
  ({ operatorOrganization, putMessages }: ForwardLinesDeps) =>
  async (lines: readonly LogLine[]): Promise<void> => {
    const messages = lines
      .flatMap((line) => messagesOfLine(line, operatorOrganization))
      .map(
        (message): StreamMessage => ({
          organizationID: message.organizationID,
          json: JSON.stringify(message),
        }),
      );
    if (messages.length === 0) return;
    const { refused, reason } = await putMessages(messages);
    if (refused.length > 0) {
      throw new AppError("DEPENDENCY_FAILED", {
        internal: `${refused.length} of ${messages.length} messages are not on the stream: ${reason}`,
      });
    }
  };
