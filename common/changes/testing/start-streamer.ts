import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { startFunction } from "#local/testing/start-function.ts";
import type { Envelope } from "./consumer.ts";

/** Entries of the bus are so small that a test fills them easily. */
const SETTINGS = { BUSINESS_EVENT_SOURCE: "co.cogo.test", BUS_ENTRY_BYTES: "5000", CHANGES_ORGANIZATION: "" };

export const BUCKET = "millrace-local-changes";

type ChangelogEntry = { write_counter: number; type?: string; data?: unknown; test?: boolean };

/** The streamer with an engine beside it, and what it announced. */
export const startStreamer = async () => {
  const streamer = await startFunction("changes-streamer", SETTINGS);
  const { s3 } = streamer.operator;

  /** What the engine of user `id` in the organization of one test does; each answers the doorbell that it rings. */
  const engineOf = (organization: string, id = "u1") => {
    const at = { Bucket: BUCKET, Key: `users/${organization}/${encodeURIComponent(id)}.json` };
    let rung = 0;
    const ring = (versionId: string | undefined, eventName: string) => {
      rung += 1;
      const key = new URLSearchParams({ k: at.Key }).toString().slice(2).replaceAll("%2F", "/");
      const sequencer = `00${rung.toString(16).toUpperCase().padStart(14, "0")}`;
      const eventTime = new Date().toISOString();
      return { Records: [{ eventName, eventTime, s3: { object: { key, versionId, sequencer } } }] };
    };
    const put = async (Body: string) => {
      const { VersionId } = await s3.send(new PutObjectCommand({ ...at, Body }));
      return ring(VersionId, "ObjectCreated:Put");
    };
    return {
      Key: at.Key,
      put,
      write: (write_counter: number, changelog: ChangelogEntry[], more: Record<string, unknown> = {}) => {
        const entries = changelog.map((entry) => ({
          type: "txn",
          data: { n: entry.write_counter },
          ...entry,
        }));
        return put(JSON.stringify({ user_id: id, write_counter, changelog: entries, ...more }));
      },
      remove: async () => {
        const { VersionId } = await s3.send(new DeleteObjectCommand(at));
        return ring(VersionId, "ObjectRemoved:DeleteMarkerCreated");
      },
      purge: async (ofRing: ReturnType<typeof ring>) => {
        const VersionId = ofRing.Records[0]?.s3.object.versionId;
        await s3.send(new DeleteObjectCommand({ ...at, VersionId }));
        return ring(VersionId, "ObjectRemoved:Delete");
      },
    };
  };

  const published = () =>
    streamer.published().map(({ source, "detail-type": name, detail }) => ({
      source,
      name,
      detail: detail as Envelope & Record<string, unknown>,
    }));

  /** Generation, kind, counter and kind of each event that was put on the bus, in order. */
  const told = () =>
    published().flatMap(({ name, detail }) =>
      name === "changes_gap"
        ? [`gap ${detail.from}-${detail.to}`]
        : detail.events.map(
            ({ type, write_counter }) =>
              `${detail.generation}:${type === "deleted" ? "deleted " : ""}${write_counter}${detail.test_events ? " test" : ""}`,
          ),
    );

  const rowOf = async (organization: string, id = "u1") =>
    (await streamer.rows("changes")).find(({ pk, sk }) => pk === `${organization}#${id}` && sk === "state");

  return { streamer, engineOf, published, told, rowOf };
};
