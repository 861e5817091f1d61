// Writes today's anchor of the events now, as the function events-anchor does each night: `npm run anchor-events`.

import { useAws } from "./aws-environment.ts";
import { bucketNamed } from "./bucket-name.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

const anchor = async (environment: string): Promise<string> => {
  const [{ makeAnchorHeads }, { bucketAnchors }, { readHeads }, { listOrganizations }, { dynamodbTable }] =
    await Promise.all([
      import("#common/events/anchors/anchor.ts"),
      import("#common/events/anchors/anchor-bucket.ts"),
      import("#common/events/anchors/heads.ts"),
      import("#common/events/append/organizations.ts"),
      import("#common/table/dynamodb-table.ts"),
    ]);
  const store = dynamodbTable(`millrace-${environment}-events`);
  const anchorHeads = makeAnchorHeads({
    organizations: () => listOrganizations(store),
    heads: (organizationId) => readHeads(store, organizationId),
    anchors: bucketAnchors(await bucketNamed(environment, "lake")),
  });
  const { heads, key, written } = await anchorHeads(new Date());
  return written
    ? `${heads} heads are anchored in ${key}.`
    : `${key} is there already: a day has one anchor, which is never written over.`;
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("anchor-events", argv)) return;
  const { values, faults } = readOptions("anchor-events", argv);
  const { environment, endpoint } = values;
  if (endpoint !== undefined && !/^https?:\/\/./.test(endpoint)) {
    faults.push(`--endpoint must be an http or https URL, got "${endpoint}".`);
  }
  if (faults.length > 0) return refuse(faults);
  useAws(environment, endpoint);
  try {
    console.log(await anchor(environment));
  } catch (error) {
    console.error(`Nothing was anchored: ${error instanceof Error ? error.message || error.name : error}`);
    process.exitCode = 1;
  }
};

await main();
