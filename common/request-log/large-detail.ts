import { hash } from "node:crypto";
import type { EventJson } from "./event-json.ts";
import { within } from "./within.ts";

/** A detail that no message takes, as JSON text, already masked. */
export type LargeDetail = { organizationID: string; json: string; bytes: number; sha256: string };

/** Keeps a large detail elsewhere; answers what says where, which stands in the event. */
export type PutDetail = (detail: LargeDetail) => Promise<unknown>;

/** Longer than this no message waits for where its detail is kept. */
const PUT_MAX_MS = 10_000;

/**
 * The event with what stands for its large detail: where `putDetail` keeps it, else how many bytes were omitted, and
 * their digest.
 */
export const withoutLargeDetail = async (
  { json, detail }: EventJson,
  organizationID: string,
  putDetail: PutDetail | undefined,
  onError: (error: unknown) => void,
): Promise<EventJson> => {
  const text = detail ?? "";
  const what = { bytes: Buffer.byteLength(text), sha256: hash("sha256", text) };
  const withDetail = (shown: unknown): EventJson => {
    const whole = `${json.slice(0, -1)},"detail":${JSON.stringify(shown)}}`;
    return { json: whole, bytes: Buffer.byteLength(whole) };
  };
  if (putDetail) {
    try {
      const stored = await within(PUT_MAX_MS, putDetail({ organizationID, json: text, ...what }));
      return withDetail({ stored, ...what });
    } catch (error) {
      onError(error);
    }
  }
  return withDetail({ omitted: what });
};
