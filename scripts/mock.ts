// Writes files of believable lives for the imports: `npm run mock`.

import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { useAws } from "./aws-environment.ts";
import { bucketNamed } from "./bucket-name.ts";
import { SCENARIOS, type Scenario } from "./mock/lives.ts";
import { accountIds, type ExpectedReject, transactionsFile, type Wanted } from "./mock/transactions-file.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

/** Services whose files it can make; groups come with their import. */
const SERVICES = ["transactions"];

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

const isScenario = (text: string): text is Scenario => SCENARIOS.some((scenario) => scenario === text);

/** Movements of an account in a day, where the number of accounts is not given. */
const ROWS_A_DAY = 2.5;

/** Accounts that one user can have. */
const OWNED_MAX = 1_000;

type MockArguments = {
  wanted: Wanted;
  organization: string;
  deliver: boolean;
  out: string | undefined;
  owner: string | undefined;
  environment: string;
  endpoint: string | undefined;
};

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readMockArguments = (
  argv: readonly string[],
): { faults: string[] } | ({ faults: [] } & MockArguments) => {
  const { values, faults } = readOptions("mock", argv);
  const { organization, rows, seed, days, until, scenario, out, owner, deliver, service } = values;
  if (!SERVICES.includes(service))
    faults.push(`--service must be ${SERVICES.join(" or ")}, got "${service}".`);
  if (!isOrganizationId(organization)) {
    faults.push(
      `--organization must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end, got "${organization}".`,
    );
  }
  if (scenario !== undefined && !isScenario(scenario)) {
    faults.push(`--scenario must be one of ${SCENARIOS.join(", ")}, got "${scenario}".`);
  }
  if (!isDay(until)) faults.push(`--until must be a day like 2026-10-31, got "${until}".`);
  if (values.faults > 0 && out === undefined) {
    faults.push("--faults needs --out: the expected rejects are written beside that file.");
  }
  if (owner !== undefined && (values.accounts ?? 1) > OWNED_MAX)
    faults.push(`--owner may have ${OWNED_MAX} accounts.`);
  if (owner !== undefined && !deliver)
    faults.push("--owner needs --deliver: accounts are given on the platform.");
  if (faults.length > 0) return { faults };
  const usual = Math.max(1, Math.ceil(rows / (days * ROWS_A_DAY)));
  const accounts = values.accounts ?? (owner === undefined ? usual : Math.min(usual, OWNED_MAX));
  const wanted: Wanted = {
    rows,
    seed,
    accounts,
    days,
    until,
    scenario: scenario as Scenario | undefined,
    faults: values.faults,
    overlap: values.overlap,
  };
  const { environment, endpoint } = values;
  return { faults: [], wanted, organization, deliver, out, owner, environment, endpoint };
};

const writeTo = async (stream: NodeJS.WritableStream, pieces: Iterable<string>): Promise<void> => {
  for (const piece of pieces) if (!stream.write(piece)) await once(stream, "drain");
};

const rejectsFile = (out: string): string => `${out.replace(/\.csv$/, "")}.rejects.json`;

const deliver = async (
  text: string,
  { wanted, organization, environment, endpoint }: MockArguments,
): Promise<string> => {
  useAws(environment, endpoint);
  const { PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const name = `mock-${wanted.seed}-${wanted.rows}${wanted.overlap ? "-next" : ""}.csv`;
  const Key = `transactions/${organization}/${name}`;
  const Bucket = await bucketNamed(environment, "delivery");
  await new S3Client().send(
    new PutObjectCommand({ Bucket, Key, Body: Buffer.from(text), ContentType: "text/csv" }),
  );
  return `s3://${Bucket}/${Key}`;
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("mock", argv)) return;
  const asked = readMockArguments(argv);
  if (!("wanted" in asked)) return refuse(asked.faults);
  const { wanted, out } = asked;
  if (asked.owner !== undefined) {
    const { giveAccounts } = await import("./mock/owner.ts");
    await giveAccounts(asked.owner, asked.organization, accountIds(wanted.seed, wanted.accounts));
  }
  const rejects: ExpectedReject[] = [];
  const pieces = transactionsFile(wanted, (reject) => rejects.push(reject));
  if (asked.deliver) {
    const text = [...pieces].join("");
    if (out !== undefined) writeFileSync(out, text);
    console.error(`delivered ${await deliver(text, asked)}`);
  } else if (out === undefined) {
    await writeTo(process.stdout, pieces);
  } else {
    const file = createWriteStream(out);
    await writeTo(file, pieces);
    file.end();
    await once(file, "finish");
  }
  if (out !== undefined && wanted.faults > 0) {
    writeFileSync(rejectsFile(out), `${JSON.stringify(rejects, undefined, 1)}\n`);
    console.error(`${out} has ${rejects.length} spoilt rows: ${rejectsFile(out)}`);
  }
};

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(
      `Nothing was made: ${error instanceof Error ? error.message || error.name : error}\n`,
    );
    process.exitCode = 1;
  }
}
