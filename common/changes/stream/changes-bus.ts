import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { eventbridge } from "#common/aws/eventbridge.ts";
import { loggable } from "#common/telemetry/log.ts";
import type { PutEntries } from "./publisher.ts";

/** Refusals that the same entry will meet again. */
const FINAL = new Set(["MalformedDetail", "NotAuthorizedForSourceException", "InvalidArgument"]);

/** One call of PutEvents; the publisher tries again what was refused. The entries stand in the invocation's trace. */
export const changesBus =
  (bus: string): PutEntries =>
  async (entries) => {
    const trace = process.env._X_AMZN_TRACE_ID;
    try {
      const { Entries = [] } = await eventbridge().send(
        new PutEventsCommand({
          Entries: entries.map(({ source, detailType, detail }) => ({
            EventBusName: bus,
            Source: source,
            DetailType: detailType,
            Detail: detail,
            ...(trace ? { TraceHeader: trace } : {}),
          })),
        }),
      );
      return entries.map((_, index) => {
        const code = Entries[index]?.ErrorCode;
        return code ? { code, retry: !FINAL.has(code) } : undefined;
      });
    } catch (error) {
      const refusal = { code: loggable(error).name, retry: true };
      return entries.map(() => refusal);
    }
  };
