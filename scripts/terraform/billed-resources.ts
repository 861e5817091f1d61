// Counts what costs money in a state (`terraform show -json`) though nothing uses it, and compares its price with that of
// the counts in bench/billed/<environment>.json, which `npm run cost` prints. With WRITE_BILLED=1 it writes them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, env, exit } from "node:process";
import { type Billed, idleCost, sum } from "../cost/idle.ts";
import { type PriceList, readPrices } from "../cost/prices.ts";
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

/** By how much a month may have become dearer or cheaper before the counts are taken anew. */
const DIFFERENCE_MAX = 0.05;

/** Whether the kept counts still give a month's cost. Small changes pass: a new table's alarms cost cents. */
export const isNear = (prices: PriceList, kept: Billed, counted: Billed): boolean => {
  const [before, now] = [sum(idleCost(prices, kept)), sum(idleCost(prices, counted))];
  return Math.abs(now - before) <= before * DIFFERENCE_MAX;
};

if (import.meta.main) {
  const [stateFile, environment] = argv.slice(2);
  if (stateFile === undefined || environment === undefined) {
    console.error("Usage: billed-resources.ts <terraform show -json of the state> <environment>");
    exit(2);
  }
  const file = join("bench", "billed", `${environment}.json`);
  const counted = billedOf(JSON.parse(readFileSync(stateFile, "utf8")));
  if (env.WRITE_BILLED === "1") writeFileSync(file, `${JSON.stringify(counted, null, 2)}\n`);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Billed) : undefined;
  if (kept !== undefined && isNear(readPrices(), kept, counted)) exit(0);
  console.log(`${file} is out of date, so npm run cost prices what is not there. Set WRITE_BILLED=1 once.`);
  console.log(JSON.stringify(counted, null, 2));
  exit(1);
}
