import { readConfig, text } from "#common/config/config.ts";
import { accepted } from "#common/http/answers.ts";
import { logStreams } from "#common/logs/settings.ts";
import { logStream } from "#common/logs/stream/log-stream.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { readBody } from "./read-body.ts";
import { makeRecordLogs } from "./record-logs.ts";

const config = readConfig({ LOGS_STREAM: text(), LOG_STREAMS: logStreams() });

const recordLogs = makeRecordLogs({ putMessages: logStream(config.LOGS_STREAM, config.LOG_STREAMS) });

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "POST /logs": async ({ body, attempt }) => accepted(await recordLogs(body, attempt)),
  },
  readBody: { "POST /logs": readBody },
});
