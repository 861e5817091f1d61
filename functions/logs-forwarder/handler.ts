import { readConfig, text } from "#common/config/config.ts";
import { logStreams } from "#common/logs/settings.ts";
import { logStream } from "#common/logs/stream/log-stream.ts";
import { logLinesHandler } from "#common/middleware/log-lines.ts";
import { makeForwardLines } from "./forward-lines.ts";

const config = readConfig({
  LOGS_STREAM: text(),
  LOG_STREAMS: logStreams(),
  OPERATOR_ORGANIZATION: text(),
  LOGS_FORWARDER_DEAD_QUEUE_URL: text(),
});

export const handler = logLinesHandler({
  deadQueueUrl: config.LOGS_FORWARDER_DEAD_QUEUE_URL,
  action: makeForwardLines({
    operatorOrganization: config.OPERATOR_ORGANIZATION,
    putMessages: logStream(config.LOGS_STREAM, config.LOG_STREAMS),
  }),
});
