// Counts what costs money in a state (`terraform show -json`) though nothing uses it, and compares the counts with
// bench/billed/<environment>.json, which `npm run cost` prices. With WRITE_BILLED=1 it writes them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, env, exit } from "node:process";
import type { Billed } from "../cost/idle.ts";
import { type Resource, resourcesOf } from "./state-facts.ts";

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** What a resource adds to the counts. */
const partOf = ({ type, values }: Resource): Partial<Billed> => {
  const fields = fieldsOf(values);
  switch (type) {
    case "aws_kms_key":
      return { keys: 1 };
    case "aws_cloudwatch_metric_alarm":
      return { alarms: 1 };
    case "aws_cloudwatch_dashboard":
      return { dashboards: 1 };
    case "aws_vpc_endpoint":
      return { endpointZones: fields.vpc_endpoint_type === "Interface" ? lengthOf(fields.subnet_ids) : 0 };
    case "aws_nat_gateway":
      return { natGateways: 1 };
    case "aws_wafv2_web_acl":
      return { firewalls: 1, firewallRules: lengthOf(fields.rule) };
    case "aws_lambda_event_source_mapping":
      return String(fields.event_source_arn).includes(":sqs:") ? { queueReaders: 1 } : {};
    case "aws_secretsmanager_secret":
      return { secrets: 1 };
    default:
      return {};
  }
};

/** Megabytes kept warm: instances times the memory of their function. */
const provisionedMb = (resources: readonly Resource[]): number =>
  resources
    .filter(({ type }) => type === "aws_lambda_provisioned_concurrency_config")
    .reduce((sum, { values }) => {
      const { function_name: name, provisioned_concurrent_executions: count } = fieldsOf(values);
      const owner = resources.find(
        (each) => each.type === "aws_lambda_function" && fieldsOf(each.values).function_name === name,
      );
      return sum + Number(count) * Number(fieldsOf(owner?.values).memory_size);
    }, 0);

export const billedOf = (state: unknown): Billed => {
  const resources = resourcesOf(state);
  const billed: Billed = {
    keys: 0,
    alarms: 0,
    dashboards: 0,
    endpointZones: 0,
    natGateways: 0,
    firewalls: 0,
    firewallRules: 0,
    queueReaders: 0,
    secrets: 0,
    provisionedMb: provisionedMb(resources),
  };
  for (const part of resources.map(partOf)) {
    for (const [kind, count] of Object.entries(part)) billed[kind as keyof Billed] += count;
  }
  return billed;
};

if (import.meta.main) {
  const [stateFile, environment] = argv.slice(2);
  if (stateFile === undefined || environment === undefined) {
    console.error("Usage: billed-resources.ts <terraform show -json of the state> <environment>");
    exit(2);
  }
  const file = join("bench", "billed", `${environment}.json`);
  const text = `${JSON.stringify(billedOf(JSON.parse(readFileSync(stateFile, "utf8"))), null, 2)}\n`;
  if (env.WRITE_BILLED === "1") writeFileSync(file, text);
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (kept !== text) {
    console.log(`${file} is out of date, so npm run cost prices what is not there. Set WRITE_BILLED=1 once.`);
    console.log(text);
  }
  exit(kept === text ? 0 : 1);
}
