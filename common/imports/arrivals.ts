import { packingOf } from "#common/csv/unpack.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { isUuid } from "#common/ids/uuid.ts";
import type { ObjectRecord } from "./import-message.schema.ts";
import type { Arrival } from "./register-import.ts";

/** What a new object of the bucket is to a service. */
export type Arrived =
  | { kind: "delivery"; organizationId: string; arrival: Arrival }
  | { kind: "upload"; organizationId: string; importId: string; arrival: Arrival }
  | { kind: "other"; key: string; reason: string };

/** S3 writes keys into notifications as forms do. */
const decodedKey = (key: string): string | undefined => {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};

/**
 * Reads a notification. The organization comes from the key alone: `<service>/<organizationId>/<name>` for what is
 * delivered, `uploads/<service>/<organizationId>/<importId>` for what an import awaits.
 */
export const arrivedObject = (service: string, record: ObjectRecord): Arrived => {
  const { object } = record.s3;
  const key = decodedKey(object.key);
  const other = (reason: string): Arrived => ({ kind: "other", key: key ?? object.key, reason });
  if (key === undefined) return other("its key is not encoded as S3 does it");
  if (!record.eventName.startsWith("ObjectCreated:"))
    return other(`the notification is of ${record.eventName}`);
  const parts = key.split("/");
  const isUpload = parts[0] === "uploads";
  const [of, organizationId = "", name = "", ...rest] = isUpload ? parts.slice(1) : parts;
  if (of !== service || rest.length > 0) return other("it does not lie in an organization's folder");
  if (!isOrganizationId(organizationId)) return other("its folder is no organization");
  if (packingOf(name) === undefined || name.startsWith(".")) {
    return other("its name does not end in .csv, .csv.gz or .csv.zst");
  }
  const arrival: Arrival = {
    key,
    versionId: object.versionId ?? "null",
    ...(object.eTag === undefined ? {} : { eTag: object.eTag }),
    bytes: object.size ?? 0,
    timeMs: Date.parse(record.eventTime),
  };
  if (!isUpload) return { kind: "delivery", organizationId, arrival };
  const importId = name.slice(0, name.indexOf("."));
  if (!isUuid(importId)) return other("no import awaits it");
  return { kind: "upload", organizationId, importId, arrival };
};
