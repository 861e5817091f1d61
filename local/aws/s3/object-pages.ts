import { element, wrap } from "../port/xml.ts";
import { timeElement } from "./answers.ts";
import { keyElement, type ListParameters } from "./list-parameters.ts";
import type { Place } from "./object-store.ts";
import { type Page, pastPrefix, readPage, rolledUp } from "./pages.ts";
import type { S3 } from "./s3.ts";
import type { ListedVersion, StoredObject } from "./stored.ts";

/** An object as lists show it. */
export const sizeElements = ({ etag, size, headers, checksum }: StoredObject): string =>
  element("ETag", etag) +
  element("ChecksumAlgorithm", checksum?.algorithm) +
  element("ChecksumType", checksum?.type) +
  element("Size", size) +
  element("StorageClass", headers["x-amz-storage-class"] ?? "STANDARD");

/** A marker below a prefix that is rolled up skips everything below that prefix. */
export const behindMarker = (
  marker: string,
  parameters: ListParameters,
): { from: string } | { after: string } => {
  const rolled = rolledUp(marker, parameters);
  return rolled === undefined ? { after: marker } : { from: pastPrefix(rolled) };
};

export const pageOf = (
  s3: S3,
  bucket: string,
  parameters: ListParameters,
  after: string,
): Page<ListedVersion> =>
  readPage<ListedVersion, Place>(
    parameters,
    behindMarker(after, parameters),
    ({ key }) => ({ after: key }),
    (place, limit) => s3.objects.list(bucket, parameters.prefix, place, limit),
  );

export const contents = (page: Page<ListedVersion>, parameters: ListParameters, owner: string): string =>
  page.entries
    .map((one) =>
      one.marker
        ? ""
        : wrap(
            "Contents",
            keyElement("Key", one.key, parameters) +
              timeElement("LastModified", one.modified) +
              sizeElements(one) +
              owner,
          ),
    )
    .join("");

/** The last key or prefix of a page that is not the last one. */
export const nextOf = ({ last, truncated }: Page<ListedVersion>): string | undefined =>
  !truncated || !last ? undefined : "prefix" in last ? last.prefix : last.entry.key;
