// Says whether the log lake has what was sent: lines, ids, doubles, what was refused, what is on its way, and the
// numbers that senders' messages lack. Ends with 0 when nothing is missing, 1 when something is, 2 when that
// cannot be decided.
import { existsSync, readFileSync } from "node:fs";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { LOG_TYPE_NAMES } from "#common/logs/types.ts";
import { instantOf } from "#common/time/instant.ts";
import { useAws } from "./aws-environment.ts";
import { bucketNamed } from "./bucket-name.ts";
import { printHelp, readOptions, refuse } from "./options.ts";
import { makeTally, type Tally } from "./reconcile/tally.ts";

export type ReconcileArguments = {
  organizations: string[];
  from: number;
  to: number;
  environment: string;
  endpoint: string | undefined;
  sent: string | undefined;
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readReconcileArguments = (
  argv: readonly string[],
): { faults: string[] } | { faults: []; asked: ReconcileArguments } => {
  const { values, faults } = readOptions("reconcile-logs", argv);
  if (faults.length > 0) return { faults };
  const { organization, environment = "local", endpoint, sent } = values;
  const instant = (name: "from" | "to"): number => {
    const text = values[name];
    const at = text === undefined ? undefined : instantOf(DATE.test(text) ? `${text}T00:00:00Z` : text);
    if (text === undefined) faults.push(`--${name} is missing: it is a day or a time, as 2026-03-01.`);
    else if (at === undefined) faults.push(`--${name} must be a day or an RFC 3339 time, got "${text}".`);
    return at ?? Number.NaN;
  };
  const [from, to] = [instant("from"), instant("to")];
  if (from >= to) faults.push("--from must be before --to, which is exclusive.");
  if (organization !== undefined && !isOrganizationId(organization)) {
    faults.push(`--organization must be lower-case letters, digits and hyphens, got "${organization}".`);
  }
  if (sent !== undefined && !existsSync(sent)) faults.push(`There is no file ${sent}.`);
  if (faults.length > 0) return { faults };
  const organizations = organization === undefined ? [] : [organization];
  return { faults: [], asked: { organizations, from, to, environment, endpoint, sent } };
};

/** Messages of a queue, seen and hidden. */
const depthOf = async (environment: string, queue: string): Promise<number> => {
  const [{ GetQueueAttributesCommand, GetQueueUrlCommand }, { sqs }] = await Promise.all([
    import("@aws-sdk/client-sqs"),
    import("#common/aws/sqs.ts"),
  ]);
  const { QueueUrl } = await sqs().send(
    new GetQueueUrlCommand({ QueueName: `millrace-${environment}-${queue}` }),
  );
  const { Attributes = {} } = await sqs().send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
  );
  const counts: Partial<Record<string, string>> = Attributes;
  return ["", "NotVisible", "Delayed"].reduce(
    (sum, state) => sum + Number(counts[`ApproximateNumberOfMessages${state}`] ?? 0),
    0,
  );
};

const GAPS_PRINTED = 20;

const show = (what: string, tally: Tally): void => {
  const { lines, ids, doubles, gaps, missing } = tally;
  console.log(
    `${what}: ${lines} lines, ${ids} ids, ${doubles} doubles, ${gaps.length} gaps, ${missing.length} missing`,
  );
  for (const { sender, from, to } of gaps.slice(0, GAPS_PRINTED)) {
    console.log(`  gap: ${sender}.${from}${from === to ? "" : ` to .${to}`}`);
  }
  for (const id of missing.slice(0, GAPS_PRINTED)) console.log(`  missing: ${id}`);
};

/** Whether nothing is missing. */
const reconcile = async (asked: ReconcileArguments): Promise<boolean> => {
  const { environment, endpoint, from, to, sent } = asked;
  useAws(environment, endpoint);
  // Imported after the variables are set, because the clients read them once.
  const [{ dynamodbTable }, { lakeDays }, { listKeys }, { makeLakeIds }] = await Promise.all([
    import("#common/table/dynamodb-table.ts"),
    import("#common/logs/compaction/lake-days-bucket.ts"),
    import("#common/files/listed-bucket.ts"),
    import("./reconcile/lake-ids.ts"),
  ]);
  const bucket = await bucketNamed(environment, "lake");
  const ids = await makeLakeIds({
    environment,
    bucket,
    table: dynamodbTable(`millrace-${environment}-logs`),
    range: { from, to },
  });
  const organizations =
    asked.organizations.length > 0
      ? asked.organizations
      : await lakeDays(bucket, environment).organizations();
  const sentIds =
    sent === undefined
      ? []
      : readFileSync(sent, "utf8")
          .split(/\r?\n/)
          .filter((line) => line !== "");
  const tally = makeTally(sentIds);
  for (const organizationId of organizations) {
    for (const logType of LOG_TYPE_NAMES) {
      for await (const { id, copies } of ids(organizationId, logType)) tally.add(id, copies);
    }
  }
  const counted = tally.end();
  show(asked.organizations[0] ?? `${organizations.length} organizations`, counted);
  const depths = await Promise.all(
    ["logs-rejected", "logs-late", "logs-traces"].map((queue) => depthOf(environment, queue)),
  );
  const [refused = 0, late = 0, traces = 0] = depths;
  const undelivered = (await listKeys(bucket, "errors/")).length;
  console.log(
    `refused: ${refused} on logs-rejected; waiting: ${late} on logs-late, ${traces} on logs-traces, ${undelivered} objects under errors/`,
  );
  const isWhole = counted.gaps.length === 0 && counted.missing.length === 0;
  console.log(isWhole ? "nothing is missing" : "SOMETHING IS MISSING, or its time lies outside of the range");
  return isWhole;
};

const main = async (): Promise<number> => {
  const argv = process.argv.slice(2);
  if (printHelp("reconcile-logs", argv)) return 0;
  const read = readReconcileArguments(argv);
  if (!("asked" in read)) {
    refuse(read.faults);
    return 2;
  }
  try {
    return (await reconcile(read.asked)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`It could not be reconciled: ${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
};

if (import.meta.main) process.exitCode = await main();
