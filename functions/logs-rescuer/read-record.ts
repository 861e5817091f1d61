import { AppError } from "#common/errors/app-error.ts";
import { uuidFrom } from "#common/ids/uuid.ts";
import { parseRecord, textOfRecord } from "#common/logs/read-message.ts";
import type { FailedRecord } from "#common/logs/rescue/failed-record.ts";
import { type Rejected, rejectedOf } from "#common/logs/rescue/rejected.ts";
import { partsOf } from "#common/logs/stream/parts.ts";
import { assertNoEnvelope, messagesInEnvelope } from "#common/logs/stream/unwrap.ts";
import { type Entry, toEntry } from "#common/logs/to-entry.ts";

export type ReadRecordOptions = { environment: string; logDays: number; key: string };

/** More than this many parts, and a stream leaves a record whole: it is one refused record. */
const PARTS_MAX = 500;

const texts = (data: Buffer): string[] => {
  const text = textOfRecord(data);
  const parts = partsOf(text);
  if (parts === undefined)
    throw new AppError("MESSAGE_NOT_JSON", { internal: "the record is not JSON objects" });
  if (parts.length > PARTS_MAX) {
    throw new AppError("MESSAGE_INVALID", {
      errors: [
        { path: "", message: `must be at most ${PARTS_MAX} messages in a record, got ${parts.length}` },
      ],
    });
  }
  return parts.flatMap((part) => messagesInEnvelope(parseable(part)) ?? [part]);
};

/** What is no JSON is no envelope; what it is instead is said where it is read. */
const parseable = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a failed record holds: lines, and messages that are refused, each with its reason. The same again at a second try. */
export const readRecord = (
  { data, arrivedAtMs, line }: FailedRecord,
  { environment, logDays, key }: ReadRecordOptions,
): { entries: Entry[]; rejected: Rejected[] } => {
  const entries: Entry[] = [];
  const rejected: Rejected[] = [];
  const from = { arrivedAtMs, key, line };
  try {
    for (const [part, text] of texts(data).entries()) {
      try {
        const value = parseRecord(text);
        assertNoEnvelope(value);
        const idOf = () => uuidFrom(key, String(line), String(part), text);
        entries.push(toEntry(value, { environment, logDays, arrivedAtMs, idOf }));
      } catch (error) {
        rejected.push(rejectedOf(error, { ...from, data: Buffer.from(text) }));
      }
    }
  } catch (error) {
    rejected.push(rejectedOf(error, { ...from, data }));
  }
  return { entries, rejected };
};
