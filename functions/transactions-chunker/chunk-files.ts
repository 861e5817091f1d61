import type { Columns } from "#common/csv/columns.ts";
import { type Arrived, arrivedObject } from "#common/imports/arrivals.ts";
import type { FilesMessage, ObjectRecord } from "#common/imports/import-message.schema.ts";
import type { ImportRecord } from "#common/imports/import-record.ts";
import type { makeChunker } from "#common/imports/imports.ts";
import type { ImportKind, JsonValue } from "#common/imports/registration.ts";
import { note } from "#common/telemetry/line.ts";

export type ChunkFilesDeps = {
  kind: Pick<ImportKind<JsonValue, Columns>, "service" | "defaults">;
  chunker: ReturnType<typeof makeChunker>;
  /** Records that a delivered file became an import. */
  audit(record: ImportRecord): Promise<void>;
  /** Called with what is no file of the service; it is left where it is. */
  onOther(other: Extract<Arrived, { kind: "other" }>): void;
};

/** Works on what the queue of files holds: new objects, and slices of files that are still to be cut. */
export const makeChunkFiles = ({ kind, chunker, audit, onOther }: ChunkFilesDeps) => {
  const chunk = (importId: string, organizationId: string | undefined, slice: number): Promise<void> => {
    note(organizationId === undefined ? {} : { organizationId });
    return chunker.chunkImport(importId, slice);
  };

  const arrive = async (record: ObjectRecord): Promise<void> => {
    const arrived = arrivedObject(kind.service, record);
    if (arrived.kind === "other") return onOther(arrived);
    const { organizationId, arrival } = arrived;
    if (arrived.kind === "delivery") {
      const registered = await chunker.registerDelivery(kind, organizationId, arrival);
      await audit(registered);
      return chunk(registered.importId, organizationId, 0);
    }
    const received = await chunker.receiveUpload(arrived.importId, arrival);
    const isAwaited = received?.organizationId === organizationId && received.service === kind.service;
    if (!isAwaited || received.file.key !== arrival.key) {
      return onOther({ kind: "other", key: arrival.key, reason: "no import awaits it" });
    }
    // A later version of the object: the first one counts.
    if (received.file.versionId !== arrival.versionId) return undefined;
    if (received.transactionId !== undefined) note({ transactionId: received.transactionId });
    return chunk(received.importId, organizationId, 0);
  };

  return async (message: FilesMessage): Promise<void> => {
    if ("importId" in message) return chunk(message.importId, undefined, message.slice);
    if ("Event" in message) return undefined;
    for (const record of message.Records) await arrive(record);
    return undefined;
  };
};
