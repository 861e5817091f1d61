import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { type Refused, sendInBatches } from "./batch.ts";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: EventBridgeClient | undefined;
export const eventbridge = (): EventBridgeClient => {
  client ??= rememberClient(new EventBridgeClient(CLIENT_DEFAULTS));
  return client;
};

/** `detail` is the JSON text; `time` when it happened. */
export type BusEntry = { source: string; detailType: string; detail: string; time?: Date };

const bytesOf = ({ source, detailType, detail, time }: BusEntry): number =>
  (time ? 14 : 0) + Buffer.byteLength(source) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);

/** Refusals that the same entry will meet again. */
const FINAL = new Set(["MalformedDetail", "NotAuthorizedForSourceException", "InvalidArgument"]);

/** Puts events on a bus (10 and 1 MB a call); answers what it did not take. */
export const putEvents = (bus: string, entries: readonly BusEntry[]): Promise<Refused<BusEntry>[]> =>
  sendInBatches(entries, {
    countMax: 10,
    bytesMax: 1_000_000,
    bytesOf,
    send: async (items) => {
      const { Entries = [] } = await eventbridge().send(
        new PutEventsCommand({
          Entries: items.map(({ source, detailType, detail, time }) => ({
            EventBusName: bus,
            Source: source,
            DetailType: detailType,
            Detail: detail,
            ...(time ? { Time: time } : {}),
          })),
        }),
      );
      return Entries.flatMap(({ ErrorCode, ErrorMessage = "" }, index) => {
        const item = items[index];
        return ErrorCode && item
          ? [{ item, code: ErrorCode, reason: ErrorMessage, retry: !FINAL.has(ErrorCode) }]
          : [];
      });
    },
  });
