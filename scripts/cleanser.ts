// An example of a cleansing vendor on this machine, which behaves as badly as it is asked to: `npm run cleanser`.

import { BEHAVIOURS, isBehaviour, WELL } from "#local/cleanser/behaviour.ts";
import { type ExampleVendor, startVendor } from "#local/cleanser/vendor.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

const start = async (options: Parameters<typeof startVendor>[0]): Promise<ExampleVendor | string> => {
  try {
    return await startVendor(options);
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    return `--port ${options.port} ${code === "EACCES" ? "may not be opened by this user" : "is in use"}.`;
  }
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("cleanser", argv)) return;
  const { values, faults } = readOptions("cleanser", argv);
  const { port, secret, behave: mode, share, delay, "retry-after": retryAfter, word } = values;
  if (!isBehaviour(mode)) {
    const known = Object.entries(BEHAVIOURS).map(([name, does]) => `${name} (${does})`);
    faults.push(`--behave names no behaviour: "${mode}". There are ${known.join(", ")}.`);
  }
  if (faults.length > 0 || !isBehaviour(mode)) return refuse(faults);
  const behaviour = { ...WELL, mode, share, delay, retryAfter, word };
  const vendor = await start({ port, secret, behaviour });
  if (typeof vendor === "string") return refuse([vendor]);
  console.log(`An example vendor answers at ${vendor.url}/v1/cleansings (${mode}: ${BEHAVIOURS[mode]}).

CLEANSER_URL=${vendor.url} CLEANSER_SECRET=${secret} npm start
curl -s -X PUT ${vendor.url}/behaviour -d '{"mode":"down"}'   # from now on
curl -s ${vendor.url}/behaviour                               # what it was asked`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void vendor.close());
  }
};

await main();
