import { type Input, records } from "../port/input.ts";
import { type BusAction, type BusContext, busOf } from "./context.ts";
import { deliveryOf } from "./delivery.ts";
import { invalid } from "./errors.ts";
import { bytesOf, type EntryError, readEntry, timeText } from "./event.ts";

const REQUEST_BYTES_MAX = 1024 * 1024;
const ENTRIES_MAX = 10;

const checkEntries = (entries: readonly Input[]): void => {
  if (entries.length < 1 || entries.length > ENTRIES_MAX) {
    const bound = entries.length < 1 ? "greater than or equal to 1" : `less than or equal to ${ENTRIES_MAX}`;
    throw invalid(
      `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  if (entries.reduce((bytes, entry) => bytes + bytesOf(entry), 0) >= REQUEST_BYTES_MAX) {
    throw invalid("Total size of the entries in the request is over the limit.");
  }
};

/**
 * Accepts one event. When the promise resolves, the event is on the queues of the functions whose manifests'
 * patterns match, and the deliveries to targets are in the outbox. EventBridge accepts an event for a bus that
 * does not exist too, and drops it.
 */
const putEntry = async (context: BusContext, entry: Input): Promise<{ EventId: string } | EntryError> => {
  const { rules, arns, outbox, listeners, now } = context;
  const read = readEntry(entry, arns, now());
  if ("error" in read) return read.error;
  const { event } = read;
  const bus = busOf(entry);
  if (!rules.hasBus(bus)) return { EventId: event.id };
  try {
    await listeners.onBusEvent(bus, event);
    const ingested = timeText(now());
    const deliveries = rules
      .rules(bus)
      .filter((rule) => rule.enabled && rule.matchesEvent(event))
      .flatMap((rule) =>
        [...rule.targets.values()]
          .filter(({ Arn }) => Arn.includes(":sqs:"))
          .map((target) => deliveryOf(rule, rules.arnOf(bus, rule.name), target, event, ingested)),
      );
    await outbox.add(deliveries);
    return { EventId: event.id };
  } catch (error) {
    return {
      ErrorCode: "InternalFailure",
      ErrorMessage: error instanceof Error ? error.message : String(error),
    };
  }
};

export const putEvents: BusAction = (context) => async (input, call) => {
  const entries = records(input, "Entries");
  for (const bus of new Set(entries.map((entry) => busOf(entry)))) {
    call.authorize("events:PutEvents", context.rules.arnOfBus(bus));
  }
  checkEntries(entries);
  const Entries = await Promise.all(entries.map((entry) => putEntry(context, entry)));
  return { FailedEntryCount: Entries.filter((entry) => "ErrorCode" in entry).length, Entries };
};
