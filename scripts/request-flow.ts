// A request through three servers that log with common/request-log, and its trace: `npm run example:request-flow`.
import { join } from "node:path";
import { followTrace, traceLines } from "#local/demo/follow-trace.ts";
import { makeSend } from "#local/demo/front-door.ts";
import { LOGS_TOPIC_ARN, playRequestFlow } from "#local/demo/request-flow.ts";
import { LOCAL_ISSUER, openIssuer } from "#local/issuer/issuer.ts";
import { SAMPLE_USER } from "#local/welcome/commands.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

const play = async (url: string, awsUrl: string, data: string): Promise<string> => {
  const issuer = await openIssuer({ folder: data, origin: LOCAL_ISSUER });
  const token = await issuer.sign({ ...SAMPLE_USER, ttlSeconds: 600 });
  const organizationID = SAMPLE_USER.organizationId;
  const transactionId = await playRequestFlow({
    url,
    awsUrl,
    token,
    organizationID,
    topicArn: LOGS_TOPIC_ARN,
  });
  const trace = await followTrace(makeSend(url, token), transactionId);
  return [...traceLines(trace), "", `${url}/logs/traces/${transactionId}`].join("\n");
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("example:request-flow", argv)) return;
  const { values, faults } = readOptions("example:request-flow", argv);
  const { url, endpoint, data = join(import.meta.dirname, "..", ".millrace") } = values;
  for (const [name, value] of Object.entries({ url, endpoint })) {
    if (!/^https?:\/\/./.test(value)) faults.push(`--${name} must be an http or https URL, got "${value}".`);
  }
  if (faults.length > 0) return refuse(faults);
  try {
    console.log(await play(url.replace(/\/$/, ""), endpoint, data));
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    console.error(`The example was not played to its end: ${reason}. Does npm start run?`);
    process.exitCode = 1;
  }
};

await main();
