import { type Arns, nameInArn } from "../port/arn.ts";
import { type Input, optionalText, text } from "../port/input.ts";
import { pageOf } from "../port/list-page.ts";
import type { Call, Operation } from "../port/service.ts";
import { checkArn, invalidParameter } from "./errors.ts";
import type { Publication } from "./publication.ts";
import type { Subscription, Topics } from "./topics.ts";

/** What SNS's actions work with. */
export type SnsContext = {
  topics: Topics;
  arns: Arns;
  publish: (topic: string, publication: Publication) => Promise<void>;
  now: () => number;
};
export type SnsAction = (context: SnsContext) => Operation;

/** The name of the topic that a call is about, if the caller may do this to it and it exists. */
export const openTopic = ({ topics }: SnsContext, input: Input, call: Call, action: string): string => {
  const arn = checkArn(optionalText(input, "TopicArn") ?? optionalText(input, "TargetArn") ?? "", "TopicArn");
  call.authorize(`sns:${action}`, arn);
  return topics.get(nameInArn(arn)).name;
};

/** The ARN of the subscription that a call is about; permissions name its topic, which it begins with. */
export const openSubscription = (input: Input, call: Call, action: string): string => {
  const arn = checkArn(text(input, "SubscriptionArn"), "SubscriptionArn");
  call.authorize(`sns:${action}`, arn.slice(0, arn.lastIndexOf(":")));
  return arn;
};

const PAGE_LENGTH = 100;

/** A page of a list, as the request's NextToken asks for it. */
export const page = <Item>(items: readonly Item[], keyOf: (item: Item) => string, input: Input) => {
  const token = optionalText(input, "NextToken");
  const found = pageOf(items, keyOf, { limit: PAGE_LENGTH, token: token === "" ? undefined : token });
  if (!found) throw invalidParameter("NextToken");
  return { items: found.items, ...(found.next === undefined ? {} : { NextToken: found.next }) };
};

/** A subscription as the lists show it. */
export const shownSubscription = ({ topics, arns }: SnsContext, subscription: Subscription) => ({
  SubscriptionArn: subscription.arn,
  Owner: arns.account,
  Protocol: subscription.protocol,
  Endpoint: subscription.endpoint,
  TopicArn: topics.arnOf(subscription.topic),
});
