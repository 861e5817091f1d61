import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { accepted } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makeGenerateRecord } from "./generate-record.ts";

const config = readConfig({ RECORDS_QUEUE_URL: text() });

const generateRecord = makeGenerateRecord({
  send: (message) => sendMessage(config.RECORDS_QUEUE_URL, { body: JSON.stringify(message) }),
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "POST /data": async ({ rawBody, caller, attempt }) =>
      accepted(await generateRecord(rawBody.trim(), caller, attempt)),
  },
});
