import { makeMask } from "#common/log-message/mask.ts";
import { isSuspect } from "#common/log-message/suspect.ts";
import type { LogLine } from "./line.ts";

const { value: maskValue, text: maskText } = makeMask();

/**
 * The line without secrets. Ids stay as they are: they join lines, and a masked one would be everybody's. `sent` is
 * the JSON text that the line was made of: the usual one holds nothing that could be a secret.
 */
export const maskLine = (line: LogLine, sent: string): LogLine => {
  if (!isSuspect(sent)) return line;
  if (line.logType === "events") {
    const { description, actor, targets, detail, recordedBy } = line;
    return { ...line, ...maskValue({ description, actor, targets, detail, recordedBy }) } as LogLine;
  }
  const { server, extra, events } = line;
  return {
    ...line,
    ...(server === undefined ? {} : { server: maskText(server) }),
    ...(extra === undefined ? {} : { extra: maskValue(extra) }),
    events: events.map(({ transactionId, time, success, ...texts }) => ({
      ...maskValue(texts),
      time,
      transactionId,
      success,
    })),
  } as LogLine;
};
