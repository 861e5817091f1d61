import type { Declarations } from "#common/manifest/manifest.ts";
import { ALIAS, type Deployment, resourceName } from "#common/manifest/names.ts";
import { canonical, type Facts, sorted } from "./facts.ts";
import { admittedRoles } from "./key-facts.ts";
import { queueFact, tableFact } from "./resource-facts.ts";
import { schedulerTrust } from "./scheduler-facts.ts";
import { streamBase, streamFact } from "./stream-facts.ts";
import { at, list, object, text } from "./values.ts";

export type Resource = { address: string; type: string; values: unknown };

const resourcesBelow = (module: unknown): Resource[] => [
  ...list(module, "resources")
    .filter((resource) => text(resource, "mode") === "managed")
    .map((resource) => ({
      address: text(resource, "address"),
      type: text(resource, "type"),
      values: at(resource, "values"),
    })),
  ...list(module, "child_modules").flatMap(resourcesBelow),
];

/** Every resource of a state as `terraform show -json` prints it. */
export const resourcesOf = (state: unknown): Resource[] => resourcesBelow(at(state, "values", "root_module"));

/** Account, region and partition, read off the first function's ARN. */
export const deploymentOf = (resources: Resource[], environment: string): Deployment => {
  const arn = resources
    .filter(({ type }) => type === "aws_lambda_function")
    .map(({ values }) => text(values, "arn"))
    .find((candidate) => candidate.split(":").length >= 7);
  if (arn === undefined) throw new Error("the state holds no function");
  const [, partition = "", , region = "", accountId = ""] = arn.split(":");
  return {
    environment,
    partition,
    region,
    accountId,
    queueOrigin: `https://sqs.${region}.amazonaws.com`,
    bucketSuffix: `-${accountId}`,
  };
};

/** Sids of what every function has beside its grants, and what the private network adds. */
const NETWORK_SIDS = new Set(["NetworkInterfaces", "NoNetworkInterfacesFromCode"]);

const grantFacts = (name: string, policy: unknown): [string, string][] =>
  list(policy, "Statement").flatMap((statement): [string, string][] => {
    const sid = text(statement, "Sid");
    const what = `${sorted(list(statement, "Action"))} on ${sorted(list(statement, "Resource"))}`;
    if (NETWORK_SIDS.has(sid)) return [];
    if (sid !== "") return [[`grant ${name} ${sid}`, `${text(statement, "Effect")} ${what}`]];
    const condition = object(statement, "Condition");
    const aliases = list(condition, "StringEquals", "kms:RequestAlias");
    const as = Object.keys(condition).length === 0 ? "" : ` as ${aliases.join(" ") || canonical(condition)}`;
    return [[`grant ${name} ${what}${as}`, text(statement, "Effect")]];
  });

/** The part of the gateway that may invoke; the gateway's id is known only to AWS. */
const gatewaySource = (arn: string): string => {
  const path = /^arn:[^:]+:execute-api:[^:]+:\d{12}:[a-z0-9]+\/(.+)$/.exec(arn)?.[1];
  if (path === undefined) return `anything like ${arn}`;
  return path.startsWith("authorizers/") ? "authorizers" : "routes";
};

/** What Terraform made of the functions and of what they share. */
export const factsOfState = (
  resources: Resource[],
  declarations: Declarations,
  deployment: Deployment,
): Facts => {
  const facts: Facts = new Map();
  // Two resources of one name must not hide each other.
  const add = (fact: string, value: string): void => {
    const before = facts.get(fact);
    facts.set(fact, before === undefined || before === value ? value : `${before} and ${value}`);
  };
  const prefix = resourceName(deployment, "");
  // The alarms' topic and other resources that no manifest declares are left out.
  const own = resources.filter(
    ({ address }) => !/^module\.(alarms|network|dashboard|waf|user_pool)\b/.test(address),
  );
  const of = (type: string) => own.filter((resource) => resource.type === type).map(({ values }) => values);
  const short = (full: string) => (full.startsWith(prefix) ? full.slice(prefix.length) : full);
  /**
   * The function behind an alias' ARN, or its invocation ARN. A trigger must name the alias, because a release
   * moves only that.
   */
  const functionIn = (reference: string) => {
    const [full = "", qualifier] =
      reference
        .split(":function:")
        .at(-1)
        ?.replace(/\/invocations$/, "")
        .split(":") ?? [];
    return `${short(full)}${qualifier === ALIAS ? "" : ` (${qualifier ?? "no alias"})`}`;
  };
  const qualified = (values: unknown) =>
    functionIn(`${text(values, "function_name")}${text(values, "qualifier").replace(/^(?=.)/, ":")}`);
  const settings = new Map(declarations.manifests.map(({ name, settings: names }) => [name, new Set(names)]));
  const roles = new Map<string, string>();

  for (const values of of("aws_lambda_function")) {
    const name = short(text(values, "function_name"));
    roles.set(text(values, "role").split("/").at(-1) ?? "", name);
    add(
      `function ${name}`,
      `${text(values, "runtime")} ${sorted(list(values, "architectures"))} ${text(values, "timeout")} s ${text(values, "memory_size")} MB traces ${text(values, "tracing_config", 0, "mode")}`,
    );
    for (const [variable, value] of Object.entries(object(values, "environment", 0, "variables"))) {
      add(
        `variable ${name} ${variable}`,
        settings.get(name)?.has(variable) === true ? "a setting" : String(value),
      );
    }
  }
  for (const values of of("aws_iam_role_policy")) {
    const name = roles.get(text(values, "role"));
    if (name === undefined) continue;
    for (const [fact, value] of grantFacts(name, JSON.parse(text(values, "policy")))) add(fact, value);
  }
  for (const values of of("aws_iam_role_policy_attachment")) {
    const name = roles.get(text(values, "role"));
    if (name !== undefined) add(`grant ${name} ${text(values, "policy_arn")}`, "attached");
  }
  for (const values of of("aws_lambda_function_event_invoke_config")) {
    add(
      `asynchronous ${qualified(values)}`,
      `${text(values, "maximum_retry_attempts")} retries, then ${text(values, "destination_config", 0, "on_failure", 0, "destination").split(":").at(-1)}`,
    );
  }

  for (const values of of("aws_api_gateway_rest_api")) {
    const body: unknown = JSON.parse(text(values, "body"));
    for (const [path, operations] of Object.entries(object(body, "paths"))) {
      for (const [method, operation] of Object.entries(object(operations))) {
        const behind = functionIn(text(operation, "x-amazon-apigateway-integration", "uri"));
        const schemes = list(operation, "security")
          .flatMap((scheme) => Object.keys(object(scheme)))
          .sort()
          .join(" ");
        const asks =
          { "": "public", "api_key authorizer": "token and organization's key" }[schemes] ??
          `only ${schemes}`;
        add(`route ${method.toUpperCase()} ${path}`, `${behind}, ${asks}`);
      }
    }
    const authorizer = at(
      body,
      "components",
      "securitySchemes",
      "authorizer",
      "x-amazon-apigateway-authorizer",
    );
    if (authorizer !== undefined)
      add(
        "authorizer",
        `${functionIn(text(authorizer, "authorizerUri"))}, by ${text(authorizer, "identitySource")}, kept ${text(authorizer, "authorizerResultTtlInSeconds")} s`,
      );
  }
  for (const values of of("aws_api_gateway_method_settings")) {
    const path = text(values, "method_path");
    if (path === "*/*") continue;
    const method = path.split("/").at(-1) ?? "";
    add(
      `throttle ${method} /${path.slice(0, -method.length - 1)}`,
      `${text(values, "settings", 0, "throttling_rate_limit")}/s, burst ${text(values, "settings", 0, "throttling_burst_limit")}`,
    );
  }

  for (const values of of("aws_lambda_event_source_mapping")) {
    // …:millrace-dev-records, or …:table/millrace-dev-records/stream/<time>
    const source = (text(values, "event_source_arn").split(":")[5] ?? "")
      .replace(/^table\//, "")
      .split("/")[0];
    const filters = list(values, "filter_criteria", 0, "filter")
      .map((filter) => `, of ${canonical(JSON.parse(text(filter, "pattern")))}`)
      .join("");
    const failed = text(values, "destination_config", 0, "on_failure", 0, "destination_arn");
    add(
      `mapping ${source} to ${functionIn(text(values, "function_name"))}`,
      `batches of ${text(values, "batch_size")} within ${text(values, "maximum_batching_window_in_seconds")} s, at most ${text(values, "scaling_config", 0, "maximum_concurrency") || "any"} at once, ${sorted(list(values, "function_response_types"))}${filters}${failed === "" ? "" : `, then to ${failed.split(":").at(-1)}`}`,
    );
  }
  const subscriptions = of("aws_sns_topic_subscription");
  for (const values of of("aws_kinesis_firehose_delivery_stream")) {
    add(`streams ${streamBase(text(values, "name"))}`, streamFact(values, subscriptions, functionIn));
  }
  for (const values of subscriptions) {
    if (text(values, "protocol") === "firehose") continue;
    const filter = text(values, "filter_policy");
    add(
      `subscription ${text(values, "topic_arn")} to ${functionIn(text(values, "endpoint"))}`,
      filter === "" ? "all" : canonical(JSON.parse(filter)),
    );
  }
  for (const values of of("aws_s3_bucket_notification")) {
    for (const target of list(values, "lambda_function")) {
      add(
        `notification ${text(values, "bucket")} to ${functionIn(text(target, "lambda_function_arn"))} of ${sorted(list(target, "events"))} in ${text(target, "filter_prefix")}*${text(target, "filter_suffix")}`,
        "yes",
      );
    }
  }

  const permitted = new Set<string>();
  for (const values of of("aws_lambda_permission")) {
    const name = qualified(values);
    const principal = text(values, "principal");
    const source = text(values, "source_arn");
    if (principal === "events.amazonaws.com") permitted.add(`${name} ${source}`);
    else if (principal === "apigateway.amazonaws.com") {
      add(`permission ${name} ${principal}`, gatewaySource(source));
    } else {
      add(
        `permission ${name} ${principal} ${source}`,
        ["s3.amazonaws.com", "logs.amazonaws.com"].includes(principal)
          ? text(values, "source_account")
          : "yes",
      );
    }
  }
  for (const values of of("aws_cloudwatch_log_subscription_filter")) {
    add(
      `log lines of ${text(values, "log_group_name")} to ${functionIn(text(values, "destination_arn"))}`,
      text(values, "filter_pattern"),
    );
  }
  for (const rule of of("aws_cloudwatch_event_rule")) {
    const bus = text(rule, "event_bus_name");
    const targets = of("aws_cloudwatch_event_target").filter(
      (target) => text(target, "rule") === text(rule, "name") && text(target, "event_bus_name") === bus,
    );
    for (const target of targets) {
      const name = functionIn(text(target, "arn"));
      add(
        `rule on ${bus} to ${name} for ${canonical(JSON.parse(text(rule, "event_pattern")))}`,
        permitted.has(`${name} ${text(rule, "arn")}`) ? "permitted" : "not permitted",
      );
    }
  }

  for (const values of of("aws_scheduler_schedule")) {
    const role = text(values, "target", 0, "role_arn").split("/").at(-1);
    add(
      `schedule ${text(values, "name")} takes its role`,
      of("aws_iam_role")
        .filter((candidate) => text(candidate, "name") === role)
        .map((candidate) => schedulerTrust(text(values, "arn"), candidate))
        .join(" and "),
    );
    const policies = of("aws_iam_role_policy").filter((policy) => text(policy, "role") === role);
    const may = policies
      .flatMap((policy) => list(JSON.parse(text(policy, "policy")), "Statement"))
      .flatMap((statement) =>
        list(statement, "Resource").map((resource) => {
          const queue = String(resource).includes(":sqs:") ? String(resource).split(":").at(-1) : undefined;
          return `${sorted(list(statement, "Action"))} on ${queue ?? functionIn(String(resource))}`;
        }),
      );
    add(
      `schedule ${text(values, "name")}`,
      `${functionIn(text(values, "target", 0, "arn"))} at ${text(values, "schedule_expression")} in ${text(values, "schedule_expression_timezone")}, window ${text(values, "flexible_time_window", 0, "mode")}, with ${text(values, "target", 0, "input")}, then to ${text(values, "target", 0, "dead_letter_config", 0, "arn").split(":").at(-1)}, may ${may.sort().join(", ")}`,
    );
  }

  for (const values of of("aws_dynamodb_table")) add(`table ${text(values, "name")}`, tableFact(values));
  for (const values of of("aws_sqs_queue")) add(`queue ${text(values, "name")}`, queueFact(values));
  for (const values of of("aws_sns_topic")) {
    add(`topic ${text(values, "arn")}`, `encrypted ${text(values, "kms_master_key_id") !== ""}`);
  }
  for (const values of of("aws_s3_bucket")) {
    add(`bucket ${text(values, "bucket")}`, `lock ${text(values, "object_lock_enabled") === "true"}`);
  }
  for (const values of of("aws_cloudwatch_event_bus")) {
    add(`bus ${text(values, "name")}`, `encrypted ${text(values, "kms_key_identifier") !== ""}`);
  }
  for (const values of of("aws_cloudwatch_event_archive")) {
    add(`archive ${text(values, "name")}`, `${text(values, "retention_days")} days`);
  }
  for (const [fact, value] of admittedRoles(of("aws_kms_key"), of("aws_iam_role"))) {
    add(streamBase(fact), value);
  }
  for (const values of of("aws_kms_alias")) {
    const key = of("aws_kms_key").find(
      (candidate) => text(candidate, "key_id") === text(values, "target_key_id"),
    );
    // A key for data at rest belongs to no function.
    if (text(key, "key_usage") === "GENERATE_VERIFY_MAC") {
      add(`key ${text(values, "name")}`, text(key, "customer_master_key_spec"));
    }
  }
  return facts;
};
