import { isLate, type LogLine } from "./line.ts";
import { maskLine } from "./mask-line.ts";
import { checkedMessage } from "./read-message.ts";
import { type ToLineOptions, toLine } from "./to-line.ts";

/** A line and its text, as it goes into the lake. */
export type Entry = { line: LogLine; json: string; late: boolean };

/** The masked line of a message's JSON text and its parsed value; throws `MESSAGE_INVALID` with every fault. */
export const toEntry = (text: string, value: unknown, options: ToLineOptions): Entry => {
  const line = maskLine(toLine(checkedMessage(value), options), text);
  return { line, json: JSON.stringify(line), late: isLate(line) };
};
