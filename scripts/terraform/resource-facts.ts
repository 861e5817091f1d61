import { sorted } from "./facts.ts";
import { at, list, text } from "./values.ts";

export const queueFact = (values: unknown): string => {
  const redrive = text(values, "redrive_policy");
  const parsed: unknown = redrive === "" ? undefined : JSON.parse(redrive);
  const deadLetters =
    parsed === undefined
      ? ""
      : `after ${text(parsed, "maxReceiveCount")} deliveries to ${text(parsed, "deadLetterTargetArn").split(":").at(-1)}, `;
  return `visible after ${text(values, "visibility_timeout_seconds")} s, kept ${text(values, "message_retention_seconds")} s, ${deadLetters}encrypted ${text(values, "kms_master_key_id") !== ""}`;
};

export const tableFact = (values: unknown): string => {
  const stream = at(values, "stream_enabled") === true ? text(values, "stream_view_type") : "";
  const indexes = list(values, "global_secondary_index")
    .map(
      (index) =>
        `${text(index, "name")}(${text(index, "hash_key")},${text(index, "range_key")}) ${text(index, "projection_type")}`,
    )
    .sort();
  const local = list(values, "local_secondary_index")
    .map((index) => `${text(index, "name")}(${text(index, "range_key")}) ${text(index, "projection_type")}`)
    .sort();
  return [
    `keys ${text(values, "hash_key")},${text(values, "range_key")}`,
    `attributes ${sorted(list(values, "attribute").map((attribute) => `${text(attribute, "name")}:${text(attribute, "type")}`))}`,
    `indexes ${indexes.join(" ")}`,
    `local indexes ${local.join(" ")}`,
    `ttl ${text(values, "ttl", 0, "attribute_name")}`,
    `stream ${stream}`,
    `recovery ${text(values, "point_in_time_recovery", 0, "enabled")}, encrypted ${text(values, "server_side_encryption", 0, "kms_key_arn") !== ""}`,
  ].join("; ");
};
