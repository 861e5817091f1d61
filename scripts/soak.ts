// The long tests of a service, with progress and a verdict: `npm run soak -- data --records 10000 --chaos 0.1`.
// A smaller run of each is part of `npm test`.
import { parseArgs } from "node:util";
import { differences, postRecords, readRecords } from "#local/testing/post-records.ts";
import { eventually, startSystem } from "#local/testing/system.ts";
import { build } from "./build/build.ts";
import { soakEvents } from "./soak/soak-events.ts";
import { soakExport } from "./soak/soak-export.ts";

const USAGE =
  "npm run soak -- data [--records 10000] [--chaos 0.1] [--parallel 16], or npm run soak -- events [--events 1000000] [--chaos 0.1] [--seed 1], or npm run soak -- export [--events 1000000]";

const soakData = async (args: string[]): Promise<string[]> => {
  const { values } = parseArgs({
    args,
    options: {
      records: { type: "string", default: "10000" },
      chaos: { type: "string", default: "0.1" },
      parallel: { type: "string", default: "16" },
    },
  });
  const records = Number(values.records);
  const system = await startSystem({ chaos: { share: Number(values.chaos) }, pace: 0.01 });
  const token = await system.token(["data.read", "data.write"]);
  const startedAt = performance.now();
  let told = 0;
  const { ids, repeats } = await postRecords(system, {
    token,
    to: records,
    parallel: Number(values.parallel),
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
const soakEventChains = async (args: string[]): Promise<string[]> => {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: "string", default: "1000000" },
      chaos: { type: "string", default: "0.1" },
      seed: { type: "string", default: "1" },
    },
  });
  const { faults } = await soakEvents({
    events: Number(values.events),
    chaos: Number(values.chaos),
    seed: Number(values.seed),
    onProgress: (line) => console.log(line),
  });
  return faults;
};

const soaks: Record<string, (args: string[]) => Promise<string[]>> = {
  data: soakData,
  events: soakEventChains,
  export: soakExport,
};

const [service = "", ...args] = process.argv.slice(2);
const soak = soaks[service];
if (!soak) {
  console.error(`There is no soak "${service}"; there is ${Object.keys(soaks).join(", ")}. Usage: ${USAGE}`);
  process.exit(1);
}
await build({ functionsFolder: "functions", outFolder: "dist" });
const faults = await soak(args);
for (const fault of faults.slice(0, 20)) console.error(fault);
console.log(faults.length === 0 ? "passed" : "FAILED");
process.exit(faults.length === 0 ? 0 : 1);
