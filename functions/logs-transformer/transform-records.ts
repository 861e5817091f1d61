import { AppError } from "#common/errors/app-error.ts";
import { uuidFrom } from "#common/ids/uuid.ts";
import { partitionOf } from "#common/logs/partition.ts";
import { parseRecord, textOfRecord } from "#common/logs/read-message.ts";
import type { StreamMessage } from "#common/logs/stream/glue.ts";
import { assertNoEnvelope, messagesInEnvelope } from "#common/logs/stream/unwrap.ts";
import { type Entry, toEntry } from "#common/logs/to-entry.ts";
import type { StreamRecord, Transformed } from "#common/middleware/delivery-stream.ts";

export type TransformRecordsDeps = {
  environment: string;
  logDays: number;
  /** Keeps lines under their transaction ids; answers those that it could not keep, and why. */
  keepTraces: (entries: readonly Entry[]) => Promise<Map<Entry, unknown>>;
  /** Sends lines to the late-writer; answers those that its queue does not have. */
  sendLate: (lines: readonly string[]) => Promise<{ refused: Set<string>; reason: string }>;
  /** Puts messages back onto the stream. */
  putBack: (messages: readonly StreamMessage[]) => Promise<{ refused: StreamMessage[]; reason: string }>;
};

/** A record while it is worked on: refused, one line, or several messages of one envelope. */
type Work = { error: unknown } | { entry: Entry } | { messages: StreamMessage[] };

/** Lambda's answer has at most 6 MB; what goes beyond is delivered as late lines are. */
const ANSWER_BYTES_MAX = 5_500_000;

/** What a record's id and keys take in the answer. */
const RECORD_BYTES = 500;

const organizationOf = (value: unknown): string =>
  typeof value === "object" && value !== null && "organizationID" in value
    ? String(value.organizationID)
    : "";

const notKept = (internal: string): AppError => new AppError("DEPENDENCY_FAILED", { internal });

export const makeTransformRecords = (deps: TransformRecordsDeps) => {
  const { environment, logDays, keepTraces, sendLate, putBack } = deps;

  /** The same id whenever the same record is tried again, and another for each message. */
  const idFor = (recordId: string, text: string, place: number) => uuidFrom(recordId, text, String(place));

  const oneOf = (text: string, value: unknown, record: StreamRecord, place: number): Entry =>
    toEntry(value, {
      environment,
      logDays,
      arrivedAtMs: record.arrivedAtMs,
      idOf: () => idFor(record.recordId, text, place),
    });

  /** A message of several in one envelope; it gets its id now, so that a second try puts back the same. */
  const messageOf = (text: string, record: StreamRecord, place: number): StreamMessage => {
    const value = parseRecord(text);
    assertNoEnvelope(value);
    const hasId = typeof value === "object" && value !== null && "id" in value && value.id !== undefined;
    const json = hasId ? text : JSON.stringify({ ...Object(value), id: idFor(record.recordId, text, place) });
    return { organizationID: organizationOf(value), json };
  };

  const read = (record: StreamRecord, place: number): Work => {
    const text = textOfRecord(record.data);
    const value = parseRecord(text);
    const parts = messagesInEnvelope(value);
    if (parts === undefined) return { entry: oneOf(text, value, record, place) };
    const [only, ...others] = parts;
    if (only === undefined || others.length > 0) {
      return { messages: parts.map((part, index) => messageOf(part, record, index)) };
    }
    const inner = parseRecord(only);
    assertNoEnvelope(inner);
    return { entry: oneOf(only, inner, record, place) };
  };

  const readAll = (records: readonly StreamRecord[]): Work[] => {
    // Parts of one record may have its id: their number keeps equal ones apart.
    const seen = new Map<string, number>();
    return records.map((record) => {
      const place = seen.get(record.recordId) ?? 0;
      seen.set(record.recordId, place + 1);
      try {
        return read(record, place);
      } catch (error) {
        return { error };
      }
    });
  };

  /** Lines that go through the queue: late ones, and those that the answer has no room for. */
  const queued = (entries: readonly Entry[]): Set<Entry> => {
    const through = new Set<Entry>();
    let bytes = 0;
    for (const entry of entries) {
      // Base64 takes four bytes for three.
      const size = Math.ceil((Buffer.byteLength(entry.json) + 1) / 3) * 4 + RECORD_BYTES;
      const fits = bytes + size <= ANSWER_BYTES_MAX;
      if (entry.late || !fits) through.add(entry);
      else bytes += size;
    }
    return through;
  };

  return async (records: StreamRecord[]): Promise<Transformed[]> => {
    const works = readAll(records);
    const entries = works.flatMap((work) => ("entry" in work ? [work.entry] : []));
    const messages = works.flatMap((work) => ("messages" in work ? work.messages : []));
    const through = queued(entries);
    const lines = [...through].map(({ json }) => json);
    const [untraced, late, back] = await Promise.all([
      keepTraces(entries),
      lines.length === 0 ? undefined : sendLate(lines),
      messages.length === 0 ? undefined : putBack(messages),
    ]);
    const refused = new Set(back?.refused);

    return works.map((work): Transformed => {
      if ("error" in work) return work;
      if ("messages" in work) {
        return work.messages.some((message) => refused.has(message))
          ? { error: notKept(`not back on the stream: ${back?.reason}`) }
          : { dropped: true };
      }
      const { entry } = work;
      if (untraced.has(entry)) return { error: untraced.get(entry) };
      if (!through.has(entry)) return { data: `${entry.json}\n`, partitionKeys: partitionOf(entry.line) };
      return late?.refused.has(entry.json)
        ? { error: notKept(`not on the queue logs-late: ${late.reason}`) }
        : { dropped: true };
    });
  };
};
