import type { PortListeners } from "../../seams.ts";
import type { StoredVersion } from "./stored.ts";

export type ChangeName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated";

/** Notifies the event sources of a change before its call is answered. */
export const notifyChanges = (
  { onBucketChange }: Pick<PortListeners, "onBucketChange">,
  now: () => number,
) => {
  let sequencer = 0n;

  /**
   * A hexadecimal number of fixed length that grows. It begins with the time, so that it grows over restarts
   * too.
   */
  const nextSequencer = (): string => {
    const time = BigInt(now()) << 20n;
    sequencer = time > sequencer ? time : sequencer + 1n;
    return sequencer.toString(16).toUpperCase().padStart(18, "0");
  };

  return (eventName: ChangeName, version: StoredVersion): Promise<void> =>
    onBucketChange({
      bucket: version.bucket,
      key: version.key,
      eventName,
      ...(version.marker || eventName.startsWith("ObjectRemoved")
        ? {}
        : { size: version.size, eTag: version.etag.replaceAll('"', "") }),
      ...(version.version === "" ? {} : { versionId: version.version }),
      sequencer: nextSequencer(),
      time: new Date(now()).toISOString(),
    });
};
