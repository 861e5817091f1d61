import type { MessageAttributes } from "../../seams.ts";
import { isRecord } from "../port/input.ts";
import { matchesPattern } from "./pattern.ts";

export type FilterScope = "MessageAttributes" | "MessageBody";

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a filter policy sees of a message's attributes: numbers as numbers, `String.Array` as a list. */
const visible = (attributes: MessageAttributes): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType, StringValue = "" }]) => {
      if (DataType === "String.Array") return [[name, parsed(StringValue)]];
      if (DataType.startsWith("Number")) return [[name, Number(StringValue)]];
      return DataType.startsWith("String") ? [[name, StringValue]] : [];
    }),
  );

/** Whether a subscription with this filter policy gets the message; SNS filters with EventBridge's operators. */
export const passesFilter = (
  policy: Readonly<Record<string, unknown>> | undefined,
  scope: FilterScope,
  body: string,
  attributes: MessageAttributes,
): boolean => {
  if (policy === undefined || Object.keys(policy).length === 0) return true;
  if (scope === "MessageAttributes") return matchesPattern(policy, visible(attributes));
  const content = parsed(body);
  return isRecord(content) && matchesPattern(policy, content);
};
