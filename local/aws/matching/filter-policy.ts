import type { MessageAttributes } from "../../seams.ts";
import { isRecord } from "../port/input.ts";
import { matchesPattern, readPattern } from "./pattern.ts";
import { refuse } from "./pattern-error.ts";

export type FilterScope = "MessageAttributes" | "MessageBody";
export type FilterPolicy = Readonly<Record<string, unknown>>;

const KEYS_MAX = 5;
const COMBINATIONS_MAX = 150;

/** Inside `anything-but` SNS takes one prefix, and none of EventBridge's other conditions. */
const checkCondition = (condition: unknown): void => {
  const inner = isRecord(condition) ? condition["anything-but"] : undefined;
  if (!isRecord(inner)) return;
  for (const [operator, operand] of Object.entries(inner)) {
    if (operator !== "prefix") refuse(`Unsupported anything-but pattern: ${operator}`);
    if (typeof operand !== "string") refuse("prefix match pattern must be a string");
  }
};

/** Visits every list of conditions, those in the alternatives of `$or` too. */
const checkConditions = (policy: unknown): void => {
  if (Array.isArray(policy)) {
    for (const one of policy) {
      checkCondition(one);
      checkConditions(one);
    }
  } else if (isRecord(policy)) Object.values(policy).forEach(checkConditions);
};

/**
 * Throws PatternError for an invalid filter policy. SNS refuses policies that EventBridge takes: those with
 * many keys, and those with many combinations. To count combinations, in each alternative of `$or` the numbers
 * of conditions, each times the depth of its key, are multiplied; the alternatives are added up.
 */
export const checkFilterPolicy = (policy: FilterPolicy): void => {
  if (Object.keys(policy).length === 0) return;
  if (Object.keys(policy).length > KEYS_MAX) refuse(`Filter policy can not have more than ${KEYS_MAX} keys`);
  checkConditions(policy);
  const combinations = readPattern(policy).map((fields) =>
    [...fields.values()].reduce((product, { count, depth }) => product * count * depth, 1),
  );
  if (combinations.reduce((sum, one) => sum + one, 0) > COMBINATIONS_MAX) {
    refuse("Filter policy is too complex");
  }
};

/** Whether a key of the policy has keys of its own, which attributes of messages cannot have. */
export const isNested = (policy: FilterPolicy): boolean =>
  Object.entries(policy).some(([name, inner]) =>
    name === "$or" && Array.isArray(inner) ? inner.filter(isRecord).some(isNested) : isRecord(inner),
  );

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A message's attributes as a filter policy reads them: numbers as numbers, `String.Array` as a list. */
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
  policy: FilterPolicy | undefined,
  scope: FilterScope,
  body: string,
  attributes: MessageAttributes,
): boolean => {
  if (policy === undefined || Object.keys(policy).length === 0) return true;
  if (scope === "MessageAttributes") return matchesPattern(policy, visible(attributes));
  const content = parsed(body);
  return isRecord(content) && matchesPattern(policy, content);
};
