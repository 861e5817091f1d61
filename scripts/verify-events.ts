// Proves that events are what they were: those of a platform's table, or those of an exported file with nothing
// but the heads of their chains. Ends with 0 when they are, 1 when they are not, 2 when that cannot be decided.
import { createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type AnchoredHead, isAnchoredHead, readHeads } from "#common/events/anchors/heads.ts";
import { verifyFile } from "#common/events/verify/verify-file.ts";
import {
  type OrganizationVerdict,
  type Progress,
  verifyOrganization,
} from "#common/events/verify/verify-organization.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { useAws } from "./aws-environment.ts";
import { bucketNamed } from "./bucket-name.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

export type VerifyArguments =
  | { file: string; heads: string }
  | { organizationId: string; environment: string; endpoint?: string; writeHeads?: string };

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readVerifyArguments = (
  argv: readonly string[],
): { faults: string[] } | { faults: []; asked: VerifyArguments } => {
  const { values, named, faults } = readOptions("verify-events", argv);
  if (faults.length > 0) return { faults };

  const { organization, environment = "local", endpoint, file, heads } = values;
  const writeHeads = values["write-heads"];
  if (organization !== undefined) {
    for (const other of ["file", "heads"] as const) {
      if (named.has(other)) faults.push(`--${other} and --organization are two different things.`);
    }
    if (!isOrganizationId(organization)) {
      faults.push(`--organization must be lower-case letters, digits and hyphens, got "${organization}".`);
    }
    if (endpoint !== undefined && !/^https?:\/\/./.test(endpoint)) {
      faults.push(`--endpoint must be an http or https URL, got "${endpoint}".`);
    }
    if (faults.length > 0) return { faults };
    return {
      faults: [],
      asked: {
        organizationId: organization,
        environment,
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(writeHeads === undefined ? {} : { writeHeads }),
      },
    };
  }
  if (file === undefined && heads === undefined) {
    return { faults: ["--organization or --file is missing: it says what to verify."] };
  }
  if (file === undefined) faults.push("--file is missing: it says which export to prove.");
  if (heads === undefined) faults.push("--heads is missing: without heads nothing can be proven.");
  for (const name of ["environment", "endpoint", "write-heads"] as const) {
    if (named.has(name)) faults.push(`--${name} belongs to --organization.`);
  }
  for (const path of [file, heads]) {
    if (path !== undefined && !existsSync(path)) faults.push(`There is no file ${path}.`);
  }
  return faults.length > 0 || file === undefined || heads === undefined
    ? { faults }
    : { faults: [], asked: { file, heads } };
};

/** The heads of an anchor, or of a file of heads; throws what is wrong with it. */
export const parseHeads = (text: string): AnchoredHead[] => {
  const value: unknown = JSON.parse(text);
  const heads: unknown =
    typeof value === "object" && value !== null && "heads" in value ? value.heads : undefined;
  if (!Array.isArray(heads) || !heads.every(isAnchoredHead)) {
    throw new Error("it must be { heads: [{ organizationId, epoch, number, sequence, hash }] }");
  }
  return heads;
};

const progress = (events: number): void => {
  process.stderr.write(`${events.toLocaleString("en-US")} events checked\n`);
};

/** Only NDJSON has what is hashed: a CSV has the text of cells. */
const assertNdjson = async (open: () => AsyncIterable<string>, file: string): Promise<void> => {
  for await (const line of open()) {
    if (line.trimStart().startsWith("{")) return;
    const kind = line.includes(",") ? "a CSV" : "no NDJSON";
    throw new Error(`${file} is ${kind}: export with format=ndjson, which alone can be proven.`);
  }
};

const verifyExport = async (file: string, headsFile: string): Promise<boolean> => {
  const heads = parseHeads(readFileSync(headsFile, "utf8"));
  const open = () => createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  await assertNdjson(open, file);
  const every = 100_000;
  const verdict = await verifyFile(open, heads, (events) => {
    if (events % every === 0) progress(events);
  });
  for (const fault of verdict.faults) console.log(fault);
  const { checked, younger, erased, valid } = verdict;
  console.log(
    `${valid ? "valid" : "NOT VALID"}: ${checked} events up to the heads, ${younger} after them (not proven), ${erased} erased (their place is proven)`,
  );
  return valid;
};

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 5_000;

const verifyTable = async (asked: Extract<VerifyArguments, { organizationId: string }>): Promise<boolean> => {
  const { organizationId, environment, writeHeads } = asked;
  useAws(environment, asked.endpoint);
  // Imported after the variables are set, because the clients read them once.
  const [{ bucketAnchors }, { lastAnchorOf }, { dynamodbTable }] = await Promise.all([
    import("#common/events/anchors/anchor-bucket.ts"),
    import("#common/events/anchors/last-anchor.ts"),
    import("#common/table/dynamodb-table.ts"),
  ]);
  const store = dynamodbTable(`millrace-${environment}-events`);
  const anchorOf = lastAnchorOf(bucketAnchors(await bucketNamed(environment, "lake")));
  const anchor = () => anchorOf(organizationId);
  const heads = writeHeads === undefined ? [] : await readHeads(store, organizationId);
  let earlier: Progress | undefined;
  let verdict: OrganizationVerdict;
  for (;;) {
    const pauseAt = Date.now() + PROGRESS_MS;
    const isTimeUp = (): boolean => Date.now() > pauseAt;
    verdict = await verifyOrganization(store, organizationId, { deep: true, anchor, isTimeUp, earlier });
    if (verdict.complete) break;
    earlier = verdict.progress;
    progress(verdict.checked);
  }
  // An organization without events has no chain to check; most likely its name is misspelt.
  if (verdict.valid && verdict.checked === 0) {
    throw new Error(`millrace-${environment}-events has no event of "${organizationId}".`);
  }
  if (verdict.brokenAt) console.log(JSON.stringify(verdict.brokenAt, null, 2));
  const held = verdict.anchor === null ? "no anchor names them yet" : `held against ${verdict.anchor}`;
  console.log(
    `${verdict.valid ? "valid" : "NOT VALID"}: ${verdict.checked} events of ${organizationId}, ${held}`,
  );
  if (writeHeads !== undefined && verdict.valid) {
    writeFileSync(writeHeads, `${JSON.stringify({ heads }, null, 2)}\n`);
    console.log(`heads of ${heads.length} chains in ${writeHeads}`);
  }
  return verdict.valid;
};

const main = async (): Promise<number> => {
  const argv = process.argv.slice(2);
  if (printHelp("verify-events", argv)) return 0;
  const read = readVerifyArguments(argv);
  if (!("asked" in read)) {
    refuse(read.faults);
    return 2;
  }
  try {
    const { asked } = read;
    const valid = "file" in asked ? await verifyExport(asked.file, asked.heads) : await verifyTable(asked);
    return valid ? 0 : 1;
  } catch (error) {
    process.stderr.write(`It could not be verified: ${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
};

if (import.meta.main) process.exitCode = await main();
