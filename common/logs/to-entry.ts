import { isLate, type LogLine } from "./line.ts";
import { maskLine } from "./mask-line.ts";
import { checkedMessage } from "./read-message.ts";
import { type ToLineOptions, toLine } from "./to-line.ts";

/** A line and its text, as it goes into the lake. */
export type Entry = { line: LogLine; json: string; late: boolean };

/** The masked line of a message, parsed from its text; throws `MESSAGE_INVALID` with every fault. */
export const toEntry = (value: unknown, options: ToLineOptions): Entry => {
  const line = maskLine(toLine(checkedMessage(value), options));
  return { line, json: JSON.stringify(line), late: isLate(line) };
};
