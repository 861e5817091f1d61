// The long tests of a service, with progress and a verdict: `npm run soak -- data --records 10000 --chaos 0.1`.
// A smaller run of each is part of `npm test`.

import { eventually } from "#common/testing/eventually.ts";
import { differences, postRecords, readRecords } from "#local/testing/post-records.ts";
import { startSystem } from "#local/testing/system.ts";
import { build } from "./build/build.ts";
import { type Given, optionsOrExit, refuse } from "./options.ts";
import { soakApi, statusLines } from "./soak/api/soak-api.ts";
import { soakChanges } from "./soak/soak-changes.ts";
import { soakEvents } from "./soak/soak-events.ts";
import { soakExport } from "./soak/soak-export.ts";
import { soakLogs } from "./soak/soak-logs.ts";
import { soakTransactions } from "./soak/soak-transactions.ts";

type Values = Given<"soak">["values"];

const soakData = async ({ records, chaos, parallel }: Values): Promise<string[]> => {
  const system = await startSystem({ chaos: { share: chaos }, pace: 0.01 });
  const token = await system.token(["data.read", "data.write"]);
  const startedAt = performance.now();
  let told = 0;
  const { ids, repeats } = await postRecords(system, {
    token,
    to: records,
    parallel,
    deadlineMs: 3_600_000,
    onPosted: (count) => {
      if (count - told < records / 20) return;
      told = count;
      console.log(`${count} acknowledged after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    },
  });
  console.log(`${repeats} requests were repeated; reading back`);
  const found = await eventually(
    () => readRecords(system, token, 600_000),
    (there) => there.size >= ids.size,
    600_000,
  );
  const faults = differences(ids, found);
  const dead = system.platform.queues.depth("millrace-local-records-dead").visible;
  if (dead > 0) faults.push(`${dead} messages are in the dead-letter queue`);
  console.log(`${found.size} records readable, ${faults.length} differences`);
  await system.stop();
  return faults;
};

/** In this process, over the table in memory: the persister's own code, a million events in some minutes. */
const soakEventChains = async ({ events, chaos, seed }: Values): Promise<string[]> => {
  const { faults } = await soakEvents({ events, chaos, seed, onProgress: (line) => console.log(line) });
  return faults;
};

/** In this process, over the table in memory: the ledger's and the transactions' own code. */
const soakImports = async ({ rows, chaos, seed }: Values): Promise<string[]> => {
  const result = await soakTransactions({ rows, chaos, seed, onProgress: (line) => console.log(line) });
  console.log(`${result.rows} rows, ${result.faults.length} differences`);
  return result.faults;
};

/** In this process, over versions and a table in memory: the streamer's own code, and the documented consumer. */
const soakUserFiles = async ({ writes, users, chaos, seed }: Values): Promise<string[]> => {
  const result = await soakChanges({ writes, users, chaos, seed, onProgress: (line) => console.log(line) });
  const { events, killed, gets, lists, faults } = result;
  console.log(
    `${events} events, ${lists} lists, ${gets} gets, ${killed} deaths, ${faults.length} differences`,
  );
  return faults;
};

/** Every route of the OpenAPI document, with requests as it allows them and with spoilt ones. */
const soakRoutes = async ({ requests, seed }: Values): Promise<string[]> => {
  const result = await soakApi({ requests, seed, onProgress: (line) => console.log(line) });
  for (const line of statusLines(result)) console.log(line);
  console.log(`${result.requests} requests with the seed ${seed}, ${result.faults.length} faults`);
  return result.faults;
};

/** The whole platform: messages by every door, ten calls in a hundred failing, functions killed, the streams throttled for a minute. */
const soakLogMessages = ({ messages, chaos }: Values): Promise<string[]> =>
  soakLogs({
    messages,
    chaos,
    // A minute of the million's, and in proportion less of fewer.
    throttleMs: Math.min(60_000, Math.max(1_000, messages / 10)),
    onProgress: (line) => console.log(line),
  });

/** Each soak, and the options that are for it. */
const soaks: Record<string, { run: (values: Values) => Promise<string[]>; options: string[] }> = {
  api: { run: soakRoutes, options: ["requests", "seed"] },
  changes: { run: soakUserFiles, options: ["writes", "users", "chaos", "seed"] },
  data: { run: soakData, options: ["records", "chaos", "parallel"] },
  events: { run: soakEventChains, options: ["events", "chaos", "seed"] },
  logs: { run: soakLogMessages, options: ["messages", "chaos"] },
  transactions: { run: soakImports, options: ["rows", "chaos", "seed"] },
  export: { run: ({ events }) => soakExport(events), options: ["events"] },
};

const given = optionsOrExit("soak", process.argv.slice(2));
const [service = "", ...others] = given.arguments;
const soak = soaks[service];
const strange = [...given.named].filter((name) => !soak?.options.includes(name));
if (!soak || others.length > 0) {
  refuse([`Name one of the soaks ${Object.keys(soaks).join(", ")}, got "${given.arguments.join(" ")}".`]);
  process.exit();
}
if (strange.length > 0) {
  refuse(strange.map((name) => `--${name} is not for the soak ${service}: --help says which is.`));
  process.exit();
}
await build({ functionsFolder: "functions", outFolder: "dist" });
const faults = await soak.run(given.values);
for (const fault of faults.slice(0, 20)) console.error(fault);
console.log(faults.length === 0 ? "passed" : "FAILED");
process.exit(faults.length === 0 ? 0 : 1);
