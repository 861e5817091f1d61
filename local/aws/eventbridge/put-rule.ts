import { isScheduleExpression } from "#common/manifest/schedule-expression.ts";
import { optionalText } from "../port/input.ts";
import { type BusAction, openRule } from "./context.ts";
import { invalid } from "./errors.ts";

const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

/** A rule with a schedule is kept and does not run here. */
export const putRule: BusAction = (context) => (input, call) => {
  const { rules } = context;
  const { bus, name } = openRule(context, input, call, "PutRule");
  if (!NAME.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  }
  const pattern = optionalText(input, "EventPattern");
  const schedule = optionalText(input, "ScheduleExpression");
  if (!pattern && !schedule) {
    throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (schedule && bus !== "default") {
    throw invalid("ScheduleExpression is supported only on the default event bus.");
  }
  if (schedule && !isScheduleExpression(schedule)) {
    throw invalid("Parameter ScheduleExpression is not valid.");
  }
  const state = optionalText(input, "State") ?? "ENABLED";
  const description = optionalText(input, "Description") ?? "";
  rules.save({
    bus,
    name,
    ...(pattern ? { pattern } : {}),
    ...(schedule ? { schedule } : {}),
    enabled: state !== "DISABLED",
    description,
  });
  return { RuleArn: rules.arnOf(bus, name) };
};
