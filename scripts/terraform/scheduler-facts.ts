import { canonical } from "./facts.ts";
import { list, object, text } from "./values.ts";

/**
 * For what a role trusts Scheduler. Scheduler presents the account and the ARN of the schedule's group; a trust that
 * asks for anything else refuses it, and the schedule cannot be made.
 */
export const schedulerTrust = (scheduleArn: string, role: unknown): string => {
  const group = scheduleArn.replace(/:schedule\/([^/]+)\/.*$/, ":schedule-group/$1");
  const presented: Record<string, string> = {
    "aws:SourceAccount": scheduleArn.split(":")[4] ?? "",
    "aws:SourceArn": group,
  };
  const [statement] = list(JSON.parse(text(role, "assume_role_policy")), "Statement");
  if (text(statement, "Principal", "Service") !== "scheduler.amazonaws.com") return "not for Scheduler";
  return Object.entries(object(statement, "Condition"))
    .flatMap(([operator, keys]) =>
      Object.entries(object(keys)).map(([key, value]) =>
        operator === "StringEquals" && value === presented[key]
          ? `${key} ${String(value)}`
          : `${key} ${operator} ${canonical(value)}, which Scheduler does not present`,
      ),
    )
    .sort()
    .join(", ")
    .replace(/^/, "for ");
};
