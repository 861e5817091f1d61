import type { TableResource } from "./manifest.ts";

/** Lambda refuses a longer filter pattern. */
const CHARACTERS_MAX = 4_096;

/** What a record of a stream can be asked for; anything else matches no record, ever. */
const RECORD_FIELDS = new Set([
  "dynamodb",
  "eventID",
  "eventName",
  "eventSource",
  "awsRegion",
  "userIdentity",
]);
const CHANGE_FIELDS = new Set(["Keys", "NewImage", "OldImage", "SizeBytes", "StreamViewType"]);

/** The comparisons that Lambda knows, which are fewer than EventBridge's: no `wildcard`, no `cidr`. */
const COMPARISONS = new Set(["anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The faults of the conditions below one field. */
const conditionFaults = (conditions: unknown, path: string): string[] => {
  if (Array.isArray(conditions)) {
    if (conditions.length === 0) return [`${path} lists no value`];
    return conditions
      .filter(isRecord)
      .flatMap((condition) => Object.keys(condition))
      .filter((comparison) => !COMPARISONS.has(comparison))
      .map((comparison) => `${path}: Lambda knows no comparison "${comparison}"`);
  }
  if (!isRecord(conditions) || Object.keys(conditions).length === 0)
    return [`${path} must be a list of values or an object`];
  return Object.entries(conditions).flatMap(([name, inner]) =>
    name === "$or" && Array.isArray(inner)
      ? inner.flatMap((one, at) => conditionFaults(one, `${path}.$or.${at}`))
      : conditionFaults(inner, path === "" ? name : `${path}.${name}`),
  );
};

/** What is wrong with the filter of a table's trigger, a sentence each. */
export const streamFilterFaults = (
  filter: Readonly<Record<string, unknown>>,
  stream: TableResource["stream"],
): string[] => {
  const images = {
    NewImage: ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"],
    OldImage: ["OLD_IMAGE", "NEW_AND_OLD_IMAGES"],
  };
  const change = isRecord(filter.dynamodb) ? filter.dynamodb : {};
  const { length } = JSON.stringify(filter);
  return [
    ...Object.keys(filter)
      .filter((name) => name !== "$or" && !RECORD_FIELDS.has(name))
      .map((name) => `a record of a stream has no "${name}"`),
    ...Object.keys(change)
      .filter((name) => name !== "$or" && !CHANGE_FIELDS.has(name))
      .map((name) => `a record of a stream has no "dynamodb.${name}"`),
    ...Object.entries(images)
      .filter(([image, views]) => Object.hasOwn(change, image) && !views.includes(stream ?? ""))
      .map(([image]) => `dynamodb.${image} is not in a stream of ${stream ?? "nothing"}`),
    ...conditionFaults(filter, ""),
    ...(length > CHARACTERS_MAX
      ? [`has ${length} characters as JSON, and Lambda takes ${CHARACTERS_MAX}`]
      : []),
  ];
};
