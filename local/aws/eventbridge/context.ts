import type { PortListeners } from "../../seams.ts";
import { type Arns, nameInArn } from "../port/arn.ts";
import { type Input, optionalInteger, optionalText, text } from "../port/input.ts";
import { pageOf } from "../port/list-page.ts";
import type { Outbox } from "../port/outbox.ts";
import type { Call, Operation } from "../port/service.ts";
import type { Delivery } from "./delivery.ts";
import { invalid, noBus } from "./errors.ts";
import type { Rule, Rules } from "./rules.ts";

/** What EventBridge's actions work with. */
export type BusContext = {
  rules: Rules;
  arns: Arns;
  outbox: Outbox<Delivery>;
  listeners: Pick<PortListeners, "onBusEvent">;
  now: () => number;
};
export type BusAction = (context: BusContext) => Operation;

/** A bus may be named by its name or its ARN. */
export const busOf = (input: Input, field = "EventBusName"): string =>
  nameInArn(optionalText(input, field) ?? "default");

export const existingBus = ({ rules }: Pick<BusContext, "rules">, bus: string): string => {
  if (!rules.hasBus(bus)) throw noBus(bus);
  return bus;
};

/** The bus and the name of the rule that a call is about, if the caller may do this to it and the bus exists. */
export const openRule = (context: BusContext, input: Input, call: Call, action: string, field = "Name") => {
  const bus = busOf(input);
  const name = text(input, field);
  call.authorize(`events:${action}`, context.rules.arnOf(bus, name));
  return { bus: existingBus(context, bus), name };
};

const PAGE_LENGTH_MAX = 100;

/** A page of a list, as the request's Limit and NextToken ask for it. */
export const page = <Item>(items: readonly Item[], keyOf: (item: Item) => string, input: Input) => {
  const limit = optionalInteger(input, "Limit", { min: 1, max: PAGE_LENGTH_MAX }) ?? PAGE_LENGTH_MAX;
  const found = pageOf(items, keyOf, { limit, token: optionalText(input, "NextToken") });
  if (!found) throw invalid("Parameter NextToken is not valid.");
  return { items: found.items, ...(found.next === undefined ? {} : { NextToken: found.next }) };
};

/** A bus as it is described and listed. */
export const shownBus = ({ rules }: BusContext, name: string) => ({ Name: name, Arn: rules.arnOfBus(name) });

/** A rule as it is described and listed. */
export const shownRule = (
  { rules }: BusContext,
  { bus, name, pattern, schedule, enabled, description }: Rule,
) => ({
  Name: name,
  Arn: rules.arnOf(bus, name),
  ...(pattern === undefined ? {} : { EventPattern: pattern }),
  ...(schedule === undefined ? {} : { ScheduleExpression: schedule }),
  State: enabled ? "ENABLED" : "DISABLED",
  ...(description === "" ? {} : { Description: description }),
  EventBusName: bus,
});
