import { loggedBy } from "#common/manifest/downstream.ts";
import { environmentOf } from "#common/manifest/environment.ts";
import { statementsOf } from "#common/manifest/grants.ts";
import {
  type Declarations,
  hasOwnDeadLetters,
  isAsynchronous,
  type Manifest,
  triggersOf,
} from "#common/manifest/manifest.ts";
import {
  bucketName,
  type Deployment,
  deadLetterName,
  environmentName,
  keyAlias,
  resourceName,
  streamErrorPrefix,
  streamPrefix,
  topicArn,
} from "#common/manifest/names.ts";
import { visibilitySecondsOf } from "#common/manifest/visibility.ts";
import { canonical, DAY_SECONDS, DEAD_LETTER_QUEUE, type Facts, sorted } from "./facts.ts";

const expectedGrants = (declarations: Declarations, deployment: Deployment, manifest: Manifest): string[] =>
  statementsOf(declarations, deployment, manifest).map(
    ({ actions, resources, requestAlias }) =>
      `${sorted(actions)} on ${sorted(resources)}${requestAlias === undefined ? "" : ` as ${requestAlias}`}`,
  );

/** What the manifests ask for, as the local platform reads them. */
export const factsOfManifests = (declarations: Declarations, deployment: Deployment): Facts => {
  const facts: Facts = new Map();
  const { manifests, resources } = declarations;
  const { partition, region, accountId } = deployment;

  for (const manifest of manifests) {
    const { name } = manifest;
    facts.set(
      `function ${name}`,
      `nodejs24.x arm64 ${manifest.timeoutSeconds} s ${manifest.memoryMb} MB traces Active`,
    );
    const variables = environmentOf(declarations, deployment, manifest, {});
    for (const [variable, value] of Object.entries(variables)) {
      facts.set(`variable ${name} ${variable}`, manifest.settings.includes(variable) ? "a setting" : value);
    }
    for (const grant of expectedGrants(declarations, deployment, manifest)) {
      facts.set(`grant ${name} ${grant}`, "Allow");
    }
    const logs = `arn:${partition}:logs:${region}:${accountId}:log-group:/aws/lambda/${resourceName(deployment, name)}:*`;
    facts.set(`key for data at rest admits ${resourceName(deployment, name)}`, "yes");
    facts.set(`grant ${name} Logs`, `Allow logs:CreateLogStream logs:PutLogEvents on ${logs}`);
    facts.set(`grant ${name} Traces`, "Allow xray:PutTelemetryRecords xray:PutTraceSegments on *");

    for (const { route, role, throttle } of triggersOf(manifest, "http")) {
      facts.set(`route ${route}`, `${name}, ${role === null ? "public" : "token and organization's key"}`);
      if (throttle) facts.set(`throttle ${route}`, `${throttle.ratePerSecond}/s, burst ${throttle.burst}`);
      facts.set(`permission ${name} apigateway.amazonaws.com`, "routes");
    }
    for (const _ of triggersOf(manifest, "authorizer")) {
      facts.set("authorizer", `${name}, by method.request.header.Authorization, kept 60 s`);
      facts.set(`permission ${name} apigateway.amazonaws.com`, "authorizers");
    }
    for (const trigger of triggersOf(manifest, "queue")) {
      facts.set(
        `mapping ${resourceName(deployment, trigger.queue)} to ${name}`,
        `batches of ${trigger.batchSize ?? 10} within ${trigger.windowSeconds ?? 0} s, at most ${trigger.maximumConcurrency ?? "any"} at once, ReportBatchItemFailures`,
      );
    }
    for (const trigger of triggersOf(manifest, "table")) {
      facts.set(
        `mapping ${resourceName(deployment, trigger.table)} to ${name}`,
        `batches of ${trigger.batchSize ?? 100} within ${trigger.windowSeconds ?? 0} s, at most any at once, ReportBatchItemFailures${trigger.filter === undefined ? "" : `, of ${canonical(trigger.filter)}`}, then to ${resourceName(deployment, deadLetterName(name))}`,
      );
    }
    for (const { topic, filter } of triggersOf(manifest, "topic")) {
      const arn = topicArn(deployment, topic);
      facts.set(`subscription ${arn} to ${name}`, filter === undefined ? "all" : canonical(filter));
      facts.set(`permission ${name} sns.amazonaws.com ${arn}`, "yes");
    }
    for (const { bucket, events, prefix, suffix } of triggersOf(manifest, "bucket")) {
      const full = bucketName(deployment, bucket);
      facts.set(
        `notification ${full} to ${name} of ${sorted(events)} in ${prefix ?? ""}*${suffix ?? ""}`,
        "yes",
      );
      facts.set(`permission ${name} s3.amazonaws.com arn:${partition}:s3:::${full}`, accountId);
    }
    for (const { pattern } of triggersOf(manifest, "bus")) {
      facts.set(
        `rule on ${resourceName(deployment, "bus")} to ${name} for ${canonical(pattern)}`,
        "permitted",
      );
    }
    if (triggersOf(manifest, "log-lines").length > 0) {
      for (const of of loggedBy(declarations, manifest)) {
        facts.set(
          `log lines of /aws/lambda/${resourceName(deployment, of)} to ${name}`,
          "{ $.durationMs >= 0 }",
        );
      }
      const groups = `arn:${partition}:logs:${region}:${accountId}:log-group:/aws/lambda/${resourceName(deployment, "")}*:*`;
      facts.set(`permission ${name} logs.amazonaws.com ${groups}`, accountId);
    }
    for (const [index, { expression, timezone = "UTC" }] of triggersOf(manifest, "schedule").entries()) {
      const dead = resourceName(deployment, deadLetterName(name));
      facts.set(
        `schedule ${resourceName(deployment, `${name}-${index + 1}`)}`,
        `${name} at ${expression} in ${timezone}, window OFF, with {"scheduled-time":"<aws.scheduler.scheduled-time>"}, then to ${dead}, may lambda:InvokeFunction on ${name}, sqs:SendMessage on ${dead}`,
      );
      facts.set(
        `key for data at rest admits ${resourceName(deployment, `${name}-${index + 1}-schedule`)}`,
        "yes",
      );
      facts.set(
        `schedule ${resourceName(deployment, `${name}-${index + 1}`)} takes its role`,
        `for aws:SourceAccount ${accountId}, aws:SourceArn arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${environmentName(deployment)}`,
      );
    }
    if (hasOwnDeadLetters(manifest)) {
      facts.set(`queue ${resourceName(deployment, deadLetterName(name))}`, DEAD_LETTER_QUEUE);
      if (isAsynchronous(manifest)) {
        facts.set(
          `asynchronous ${name}`,
          `2 retries, then ${resourceName(deployment, deadLetterName(name))}`,
        );
      }
    }
  }

  for (const [name, table] of Object.entries(resources.tables)) {
    const local = Object.entries(table.localIndexes ?? {});
    const keys = [table, ...Object.values(table.indexes ?? {})]
      .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
      .concat(local.map(([, { sortKey }]) => sortKey))
      .filter((key) => key !== undefined);
    const indexes = Object.entries(table.indexes ?? {})
      .map(([index, key]) => `${index}(${key.partitionKey.name},${key.sortKey?.name ?? ""}) ALL`)
      .sort();
    facts.set(
      `table ${resourceName(deployment, name)}`,
      [
        `keys ${table.partitionKey.name},${table.sortKey?.name ?? ""}`,
        `attributes ${sorted([...new Set(keys.map((key) => `${key.name}:${key.type}`))])}`,
        `indexes ${indexes.join(" ")}`,
        `local indexes ${local
          .map(([index, { sortKey }]) => `${index}(${sortKey.name}) ALL`)
          .sort()
          .join(" ")}`,
        `ttl ${table.timeToLive ?? ""}`,
        `stream ${table.stream ?? ""}`,
        "recovery true, encrypted true",
      ].join("; "),
    );
  }
  for (const [name, queue] of Object.entries(resources.queues)) {
    const visibility = visibilitySecondsOf(declarations, name);
    const full = resourceName(deployment, name);
    facts.set(
      `queue ${full}`,
      `visible after ${visibility} s, kept ${14 * DAY_SECONDS} s, after ${queue.maxReceiveCount ?? 10} deliveries to ${deadLetterName(full)}, encrypted true`,
    );
    facts.set(`queue ${deadLetterName(full)}`, DEAD_LETTER_QUEUE);
  }
  for (const name of Object.keys(resources.topics))
    facts.set(`topic ${topicArn(deployment, name)}`, "encrypted true");
  for (const [name, stream] of Object.entries(resources.streams)) {
    const target = manifests.find((manifest) =>
      triggersOf(manifest, "delivery-stream").some((trigger) => trigger.stream === name),
    );
    facts.set(`key for data at rest admits ${resourceName(deployment, `${name}-stream`)}`, "yes");
    facts.set(
      `streams ${resourceName(deployment, name)}`,
      [
        `from ${topicArn(deployment, stream.topic)} raw, else to ${resourceName(deployment, deadLetterName(stream.undelivered))}`,
        `by ${target?.name ?? "nothing"}`,
        `to ${bucketName(deployment, stream.bucket)} ${streamPrefix(stream)}, else ${streamErrorPrefix(stream)}`,
        `within ${stream.bufferSeconds} s, encrypted true`,
      ].join("; "),
    );
  }
  for (const [name, { objectLock = false }] of Object.entries(resources.buckets)) {
    facts.set(`bucket ${bucketName(deployment, name)}`, `lock ${objectLock}`);
  }
  for (const name of Object.keys(resources.athena ?? {})) {
    facts.set(`key for data at rest admits ${resourceName(deployment, name)}-reader`, "yes");
  }
  for (const [name, bus] of Object.entries(resources.buses)) {
    facts.set(`bus ${resourceName(deployment, name)}`, "encrypted true");
    if (bus.archiveDays !== undefined) {
      facts.set(`archive ${resourceName(deployment, name)}`, `${bus.archiveDays} days`);
    }
  }
  for (const name of Object.keys(resources.keys)) facts.set(`key ${keyAlias(deployment, name)}`, "HMAC_256");
  return facts;
};
