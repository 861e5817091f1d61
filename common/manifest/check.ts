import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { isRole } from "#common/auth/roles.ts";
import { toFaults } from "#common/errors/fault.ts";
import { downstreamOf } from "./downstream.ts";
import { grantsOf } from "./grants.ts";
import {
  type Declarations,
  hasOwnDeadLetters,
  type Manifest,
  type ResourceKind,
  triggersOf,
} from "./manifest.ts";
import { deadLetterName } from "./names.ts";
import { isScheduleExpression } from "./schedule-expression.ts";
import { streamFilterFaults } from "./stream-filter.ts";

const FUNCTION_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The gateway waits for 29 seconds. A function that ends a second before it logs its own time-out, and its answer is
 * not cut off on the way.
 */
const BEHIND_GATEWAY_SECONDS_MAX = 28;

/** Lambda's names have 64 characters, of which `millrace-<environment>-` takes up to 24. */
const FUNCTION_NAME_MAX = 40;

const folderFaults = (folder: string, name: string): string[] => [
  ...(FUNCTION_NAME.test(name) && name.length <= FUNCTION_NAME_MAX
    ? []
    : [
        `${name}: must be lower-case words with dashes between them, with at most ${FUNCTION_NAME_MAX} characters`,
      ]),
  ...(existsSync(join(folder, name, "handler.ts")) ? [] : [`${name}: has no handler.ts`]),
];

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** By its IANA name: Node takes offsets and any case too, and Scheduler does not. */
const isTimezone = (timeZone: string): boolean => {
  if (!/^[A-Z]/.test(timeZone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).format() !== "";
  } catch {
    return false;
  }
};

/** The check of a schema file; its faults as `<file>: <where> <what>`. */
const shapeCheck = (folder: string) => {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  });
  return (schemaFile: string, file: string): string[] => {
    const check = ajv.getSchema(schemaFile) ?? ajv.compile(readJson(join(folder, schemaFile)));
    let value: unknown;
    try {
      value = readJson(join(folder, file));
    } catch (error) {
      const reason = error instanceof SyntaxError ? error.message : "cannot be read";
      return [`${file}: is not JSON: ${reason}`];
    }
    if (check(value)) return [];
    return toFaults(check.errors ?? [], value).map(
      ({ path, message }) => `${file}: ${path || "/"} ${message}`,
    );
  };
};

/** A stream has a topic, a bucket and a count that exist, and at most one function that gives it partition keys. */
const streamFaults = ({ manifests, resources }: Pick<Declarations, "manifests" | "resources">): string[] =>
  Object.entries(resources.streams).flatMap(([name, { topic, bucket, countSetting, undelivered }]) => {
    const functions = manifests.flatMap((manifest) => triggersOf(manifest, "delivery-stream"));
    const count = functions.filter(({ stream }) => stream === name).length;
    return [
      ...(Object.hasOwn(resources.topics, topic) ? [] : [`there is no topic "${topic}"`]),
      ...(Object.hasOwn(resources.buckets, bucket) ? [] : [`there is no bucket "${bucket}"`]),
      ...(Object.hasOwn(resources.queues, undelivered) ? [] : [`there is no queue "${undelivered}"`]),
      ...(Object.hasOwn(resources.settings, countSetting) ? [] : [`there is no setting "${countSetting}"`]),
      // A build of some of the functions alone may leave it out; Terraform needs it.
      ...(count < 2 ? [] : [`one function alone may have the trigger "delivery-stream", got ${count}`]),
    ].map((fault) => `resources.json: streams "${name}": ${fault}`);
  });

/** The log lines of a function that they make run would be handed on again, without end. */
const logLinesFaults = (declarations: Pick<Declarations, "manifests" | "resources">): string[] =>
  declarations.manifests.flatMap((manifest) =>
    triggersOf(manifest, "log-lines").flatMap(({ except }) =>
      [
        ...except
          .filter((name) => declarations.manifests.every((other) => other.name !== name))
          .map((name) => `there is no function "${name}"`),
        ...downstreamOf(declarations, manifest)
          .filter((name) => !except.includes(name))
          .map((name) => `its lines make "${name}" run, which must be among the exceptions`),
      ].map((fault) => `${manifest.name}/function.json: log-lines: ${fault}`),
    ),
  );

/**
 * One sentence for each fault, `<file>: <where> <what>`, of every manifest and of what they share. A
 * manifest whose shape is wrong is not looked at further; the others are.
 */
export const declarationFaults = (declarations: Declarations): string[] => {
  const { folder, resources, rights } = declarations;
  const shapeFaults = shapeCheck(folder);
  const shared = shapeFaults("resources.schema.json", "resources.json");
  const shaped = declarations.manifests.map((manifest) => ({
    manifest,
    faults: [
      ...folderFaults(folder, manifest.name),
      ...shapeFaults("function.schema.json", `${manifest.name}/function.json`),
    ],
  }));
  const faults = [...shared, ...shaped.flatMap((one) => one.faults)];
  // What follows trusts the shape.
  if (shared.length > 0) return faults;
  const manifests = shaped.filter((one) => one.faults.length === 0).map(({ manifest }) => manifest);

  const queues = new Set([
    ...Object.keys(resources.queues).flatMap((name) => [name, deadLetterName(name)]),
    ...manifests.filter(hasOwnDeadLetters).map(({ name }) => deadLetterName(name)),
  ]);
  const exists = (kind: ResourceKind, name: string) =>
    kind === "queues" ? queues.has(name) : Object.hasOwn(resources[kind] ?? {}, name);

  for (const [queue, { from }] of Object.entries(resources.queues)) {
    if (from && !Object.hasOwn(resources.buckets, from.bucket)) {
      faults.push(`resources.json: the queue "${queue}" is fed from "${from.bucket}", which is no bucket`);
    }
    // S3 refuses two notifications that one object would set off.
    for (const prefix of from?.prefixes ?? []) {
      const other = from?.prefixes.find((one) => one !== prefix && one.startsWith(prefix));
      if (other !== undefined) {
        faults.push(
          `resources.json: the prefixes "${prefix}" and "${other}" of the queue "${queue}" overlap`,
        );
      }
    }
  }

  const faultsOf = (manifest: Manifest): string[] => {
    const faults: string[] = [];
    for (const { kind, name, right } of grantsOf(manifest)) {
      if (!exists(kind, name)) faults.push(`there are no ${kind} "${name}" in resources.json`);
      else if (!rights[kind].rights[right]) faults.push(`${kind} have no right "${right}"`);
    }
    for (const setting of manifest.settings) {
      if (!Object.hasOwn(resources.settings, setting))
        faults.push(`there is no setting "${setting}" in resources.json`);
    }
    for (const { role } of triggersOf(manifest, "http")) {
      if (role !== null && !isRole(role)) faults.push(`there is no role "${role}" in common/auth/roles.ts`);
    }
    for (const { topic } of triggersOf(manifest, "topic")) {
      if (!Object.hasOwn(resources.topics, topic))
        faults.push(`there is no topic "${topic}" in resources.json`);
    }
    for (const { bucket } of triggersOf(manifest, "bucket")) {
      if (!Object.hasOwn(resources.buckets, bucket))
        faults.push(`there is no bucket "${bucket}" in resources.json`);
    }
    for (const { stream } of triggersOf(manifest, "delivery-stream")) {
      if (!Object.hasOwn(resources.streams, stream))
        faults.push(`there are no streams "${stream}" in resources.json`);
    }
    for (const { table, filter } of triggersOf(manifest, "table")) {
      const stream = resources.tables[table]?.stream;
      if (!stream) faults.push(`the table "${table}" has no stream in resources.json`);
      else if (filter) {
        faults.push(
          ...streamFilterFaults(filter, stream).map((fault) => `filter of table "${table}": ${fault}`),
        );
      }
    }
    for (const { expression, timezone = "UTC" } of triggersOf(manifest, "schedule")) {
      const [, , dayOfMonth, , dayOfWeek] = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(" ") ?? [];
      if (dayOfMonth !== undefined && (dayOfMonth === "?") === (dayOfWeek === "?")) {
        faults.push(`schedule "${expression}": one of day of month and day of week must be ?, and one not`);
      } else if (!isScheduleExpression(expression)) {
        faults.push(`schedule "${expression}": a field has a value that it cannot have`);
      }
      if (!isTimezone(timezone))
        faults.push(`schedule "${expression}": no time zone is called "${timezone}"`);
    }
    for (const { queue, batchSize = 10, windowSeconds = 0 } of triggersOf(manifest, "queue")) {
      if (batchSize > 10 && windowSeconds < 1) {
        faults.push(`queue "${queue}": a batch of more than 10 needs windowSeconds of at least 1`);
      }
    }
    for (const { queue } of triggersOf(manifest, "queue")) {
      const { visibilitySeconds } = resources.queues[queue] ?? {};
      // Lambda refuses such a mapping, because the message would be worked on twice.
      if (visibilitySeconds !== undefined && visibilitySeconds < manifest.timeoutSeconds) {
        faults.push(
          `queue "${queue}": visibilitySeconds must be at least the time-out of ${manifest.timeoutSeconds}, got ${visibilitySeconds}`,
        );
      }
    }
    const isBehindGateway = manifest.triggers.some(({ type }) => type === "http" || type === "authorizer");
    if (isBehindGateway && manifest.timeoutSeconds > BEHIND_GATEWAY_SECONDS_MAX) {
      faults.push(
        `timeoutSeconds must be at most ${BEHIND_GATEWAY_SECONDS_MAX} behind the gateway, got ${manifest.timeoutSeconds}`,
      );
    }
    return faults.map((fault) => `${manifest.name}/function.json: ${fault}`);
  };

  const routes = new Map<string, string>();
  const twice: string[] = [];
  for (const manifest of manifests) {
    for (const { route } of triggersOf(manifest, "http")) {
      // Two names of one parameter are one route to the gateway.
      const shape = route.replace(/\{[^}]*\}/g, "{}");
      const other = routes.get(shape);
      if (other) twice.push(`${manifest.name}/function.json: the route ${route} is ${other}'s already`);
      routes.set(shape, manifest.name);
    }
  }
  // Of all that can be read: a fault elsewhere in the authorizer's manifest is reported once, where it is.
  const authorizers = declarations.manifests.filter(
    ({ triggers }) => Array.isArray(triggers) && triggers.some((trigger) => trigger?.type === "authorizer"),
  );
  const guarded = manifests.some((manifest) =>
    triggersOf(manifest, "http").some(({ role }) => role !== null),
  );
  const unguarded =
    guarded && authorizers.length !== 1
      ? [`exactly one function must have the trigger "authorizer", got ${authorizers.length}`]
      : [];
  return [
    ...faults,
    ...manifests.flatMap(faultsOf),
    ...twice,
    ...unguarded,
    ...streamFaults({ manifests, resources }),
    ...logLinesFaults({ manifests, resources }),
  ];
};

/** Throws one error that names every fault of every manifest. */
export const assertDeclarations = (declarations: Declarations): void => {
  const faults = declarationFaults(declarations);
  if (faults.length > 0) throw new Error(`The manifests have faults:\n  ${faults.join("\n  ")}`);
};
