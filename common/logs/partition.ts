import type { LogLine } from "./line.ts";

/** Where lines lie: the values of one folder, in the order of its path. */
export type Partition = {
  environment: string;
  organization: string;
  logtype: string;
  year: string;
  month: string;
  day: string;
  hour: string;
};

/** What is written raw, by the stream and for late lines. */
export const RAW_FOLDER = "logs/";
/** What the stream could not deliver. */
export const ERRORS_FOLDER = "errors/";

/** Texts of the numbers up to a month's last day, which most lines ask for. */
const TWO = Array.from({ length: 32 }, (_, number) => String(number).padStart(2, "0"));

const two = (number: number): string => TWO[number] ?? String(number);

/** The partition of a line. Each value was checked before: none holds a `/` or leaves its folder. */
export const partitionOf = (
  line: Pick<LogLine, "environment" | "organizationID" | "logType" | "year" | "month" | "day" | "hour">,
): Partition => ({
  environment: line.environment,
  organization: line.organizationID,
  logtype: line.logType,
  year: String(line.year),
  month: two(line.month),
  day: two(line.day),
  hour: two(line.hour),
});

/** Folders of a partition, in their order; the stream in resources.json has the same. */
export const PARTITION_KEYS = [
  "environment",
  "organization",
  "logtype",
  "year",
  "month",
  "day",
  "hour",
] as const;

/** `environment=<e>/organization=<o>/…/hour=<hh>/` */
export const partitionPath = (partition: Partition): string =>
  PARTITION_KEYS.map((name) => `${name}=${partition[name]}/`).join("");
