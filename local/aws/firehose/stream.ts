/** A delivery stream as it was made. */
export type StreamSettings = {
  name: string;
  bucket: string;
  /** With `!{partitionKeyFromLambda:…}`. */
  prefix: string;
  /** With `!{firehose:error-output-type}`. */
  errorPrefix: string;
  /** How long, and up to how many bytes, records of one folder are gathered. */
  bufferMs: number;
  bufferBytes: number;
  /** How long, and up to how many bytes, records are gathered for the function. */
  transformMs: number;
  transformBytes: number;
  /** Folders that may be open at once. */
  partitionsMax: number;
};

/** AWS's own, which more can be asked for. */
export const PARTITIONS_MAX = 500;

export type ErrorType = "processing-failed" | "activePartitionExceeded";

const two = (number: number): string => String(number).padStart(2, "0");

/** `2026/11/21/16`, joined by any sign. */
const utcParts = (time: number): string[] => {
  const date = new Date(time);
  return [
    String(date.getUTCFullYear()),
    two(date.getUTCMonth() + 1),
    two(date.getUTCDate()),
    two(date.getUTCHours()),
    two(date.getUTCMinutes()),
    two(date.getUTCSeconds()),
  ];
};

/** The folder of a record; undefined when its keys are not all there: null and empty ones count as missing. */
export const folderOf = (
  { prefix }: Pick<StreamSettings, "prefix">,
  keys: Readonly<Record<string, unknown>>,
): string | undefined => {
  let missing = false;
  const folder = prefix.replaceAll(/!\{partitionKeyFromLambda:([^}]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (typeof value === "string" && value !== "") return value;
    missing = true;
    return "";
  });
  return missing ? undefined : folder;
};

export const errorFolderOf = (
  { errorPrefix }: Pick<StreamSettings, "errorPrefix">,
  type: ErrorType,
  time: number,
): string =>
  errorPrefix
    .replaceAll("!{firehose:error-output-type}", type)
    .replaceAll("!{timestamp:yyyy/MM/dd/HH}", utcParts(time).slice(0, 4).join("/"));

/** `<folder><stream>-<version>-<yyyy>-<MM>-<dd>-<HH>-<mm>-<ss>-<uuid>` */
export const objectKey = (folder: string, name: string, time: number, uuid: string): string =>
  `${folder}${name}-1-${utcParts(time).join("-")}-${uuid}`;
