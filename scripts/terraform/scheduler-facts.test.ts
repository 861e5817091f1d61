import { describe, expect, it } from "vitest";
import { schedulerTrust } from "./scheduler-facts.ts";

const AT = "arn:aws:scheduler:eu-central-1:123456789012";
const SCHEDULE = `${AT}:schedule/millrace-dev/millrace-dev-shop-closing-1`;

const roleThatTrusts = (source: string, service = "scheduler.amazonaws.com") => ({
  assume_role_policy: JSON.stringify({
    Statement: [
      {
        Principal: { Service: service },
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012", "aws:SourceArn": source } },
      },
    ],
  }),
});

describe("a schedule's role, as Scheduler tries it", () => {
  it("is taken for the schedule's group", () => {
    expect(schedulerTrust(SCHEDULE, roleThatTrusts(`${AT}:schedule-group/millrace-dev`))).toBe(
      `for aws:SourceAccount 123456789012, aws:SourceArn ${AT}:schedule-group/millrace-dev`,
    );
  });

  it.each([`${AT}:schedule/millrace-dev/millrace-dev-shop-closing-1`, `${AT}:schedule-group/default`])(
    "is refused when it trusts %s",
    (source) => {
      expect(schedulerTrust(SCHEDULE, roleThatTrusts(source))).toContain("which Scheduler does not present");
    },
  );

  it("is refused when it trusts another service", () => {
    expect(schedulerTrust(SCHEDULE, roleThatTrusts("*", "events.amazonaws.com"))).toBe("not for Scheduler");
  });
});
