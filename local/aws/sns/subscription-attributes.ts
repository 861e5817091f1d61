import {
  checkFilterPolicy,
  type FilterPolicy,
  type FilterScope,
  isNested,
} from "../matching/filter-policy.ts";
import { PatternError } from "../matching/pattern.ts";
import { isRecord } from "../port/input.ts";
import { invalidParameter } from "./errors.ts";

/** What a subscription's attributes say. */
export type SubscriptionSettings = {
  filter: FilterPolicy | undefined;
  scope: FilterScope;
  raw: boolean;
  deadLetterArn: string | undefined;
};

const NAMES = new Set([
  "DeliveryPolicy",
  "FilterPolicy",
  "FilterPolicyScope",
  "RawMessageDelivery",
  "RedrivePolicy",
  "SubscriptionRoleArn",
]);

/** Subscribe and SetSubscriptionAttributes refuse the same things, and Subscribe says where it found them. */
type Refuse = (reason: string) => Error;

const parseJson = (text: string, name: string, refuse: Refuse): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(`${name}: failed to parse JSON.`);
  }
};

const readFilter = (
  text: string | undefined,
  scope: FilterScope,
  refuse: Refuse,
): FilterPolicy | undefined => {
  if (text === undefined || text === "") return undefined;
  const policy = parseJson(text, "FilterPolicy", refuse);
  try {
    if (!isRecord(policy)) throw new PatternError("Filter is not an object");
    checkFilterPolicy(policy);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw refuse(`FilterPolicy: ${error.message}`);
  }
  if (scope === "MessageAttributes" && isNested(policy)) {
    throw refuse("Filter policy scope MessageAttributes does not support nested filter policy");
  }
  return policy;
};

const readScope = (scope: string | undefined, refuse: Refuse): FilterScope => {
  if (scope === undefined) return "MessageAttributes";
  if (scope === "MessageAttributes" || scope === "MessageBody") return scope;
  throw refuse(
    `FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`,
  );
};

const readRaw = (text: string | undefined, refuse: Refuse): boolean => {
  if (text === undefined) return false;
  const raw = text.toLowerCase();
  if (raw !== "true" && raw !== "false") {
    throw refuse(`RawMessageDelivery: Invalid value [${text}]. Must be true or false.`);
  }
  return raw === "true";
};

const readRedrive = (text: string | undefined, refuse: Refuse): string | undefined => {
  if (text === undefined || text === "") return undefined;
  const policy = parseJson(text, "RedrivePolicy", refuse);
  const arn = isRecord(policy) ? policy.deadLetterTargetArn : undefined;
  if (typeof arn !== "string" || !/^arn:[^:]+:sqs:[^:]+:[^:]+:[^:]+$/.test(arn)) {
    throw refuse("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }
  return arn;
};

/** Parses all attributes of a subscription; `when` is the call that gave them. */
export const readSubscriptionAttributes = (
  attributes: Readonly<Record<string, string>>,
  when: "subscribe" | "set",
): SubscriptionSettings => {
  const refuse: Refuse = (reason) =>
    invalidParameter(when === "subscribe" ? `Attributes Reason: ${reason}` : reason);
  if (Object.keys(attributes).some((name) => !NAMES.has(name))) throw invalidParameter("AttributeName");
  const scope = readScope(attributes.FilterPolicyScope, refuse);
  return {
    scope,
    filter: readFilter(attributes.FilterPolicy, scope, refuse),
    raw: readRaw(attributes.RawMessageDelivery, refuse),
    deadLetterArn: readRedrive(attributes.RedrivePolicy, refuse),
  };
};
