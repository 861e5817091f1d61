import type { Answer } from "../port/service.ts";
import { element, wrap } from "../port/xml.ts";
import { keyText, type S3Request, xmlAnswer } from "./request.ts";
import type { ObjectStore, StoredObject } from "./store.ts";

/** The first text that sorts after everything that starts with this. */
const pastPrefix = (prefix: string): string => `${prefix}\u{10ffff}`;

type Page = { objects: StoredObject[]; prefixes: string[]; last: string | undefined; truncated: boolean };

/** One page of keys, those below a delimiter rolled up; a rolled-up prefix counts as one, and is skipped over. */
const pageOf = (
  store: ObjectStore,
  bucket: string,
  prefix: string,
  delimiter: string,
  after: string,
  max: number,
): Page => {
  const page: Page = { objects: [], prefixes: [], last: undefined, truncated: false };
  let from = after;
  for (;;) {
    const rows = store.list(bucket, prefix, from, 1000);
    let skipped = false;
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) return page;
      if (page.objects.length + page.prefixes.length >= max) return { ...page, truncated: true };
      const cut = delimiter === "" ? -1 : row.key.indexOf(delimiter, prefix.length);
      if (cut < 0) {
        page.objects.push(row);
        page.last = row.key;
        from = row.key;
        continue;
      }
      const rolled = row.key.slice(0, cut + delimiter.length);
      page.prefixes.push(rolled);
      page.last = pastPrefix(rolled);
      from = page.last;
      skipped = true;
      break;
    }
    if (rows.length === 0 || (!skipped && rows.length < 1000)) return page;
  }
};

const contentsOf = (objects: StoredObject[], encoded: boolean): string =>
  objects
    .map((object) =>
      wrap(
        "Contents",
        wrap("Key", keyText(object.key, encoded)) +
          element("LastModified", new Date(object.modified).toISOString()) +
          element("ETag", object.etag) +
          element("Size", object.size) +
          element("StorageClass", object.headers["x-amz-storage-class"] ?? "STANDARD"),
      ),
    )
    .join("");

export const listObjects = (store: ObjectStore, { bucket, query }: S3Request): Answer => {
  const second = query.get("list-type") === "2";
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const encoded = query.get("encoding-type") === "url";
  const max = Math.min(Number(query.get("max-keys") ?? "1000"), 1000);
  const token = query.get("continuation-token");
  const after = second
    ? token === null
      ? (query.get("start-after") ?? "")
      : Buffer.from(token, "base64url").toString()
    : (query.get("marker") ?? "");
  // A marker that is a rolled-up prefix stands for all below it.
  const start =
    delimiter !== "" && after.endsWith(delimiter) && after.length > prefix.length ? pastPrefix(after) : after;
  const { objects, prefixes, last, truncated } =
    max === 0
      ? { objects: [], prefixes: [], last: undefined, truncated: false }
      : pageOf(store, bucket, prefix, delimiter, start, max);
  const next = truncated && last !== undefined ? last : undefined;
  return xmlAnswer(
    "ListBucketResult",
    element("Name", bucket) +
      wrap("Prefix", keyText(prefix, encoded)) +
      (delimiter ? wrap("Delimiter", keyText(delimiter, encoded)) : "") +
      element("MaxKeys", max) +
      (encoded ? element("EncodingType", "url") : "") +
      element("IsTruncated", truncated) +
      (second
        ? element("KeyCount", objects.length + prefixes.length) +
          element("ContinuationToken", token ?? undefined) +
          element("StartAfter", query.get("start-after") ?? undefined) +
          element(
            "NextContinuationToken",
            next === undefined ? undefined : Buffer.from(next).toString("base64url"),
          )
        : wrap("Marker", keyText(query.get("marker") ?? "", encoded)) +
          (next === undefined ? "" : wrap("NextMarker", keyText(next, encoded)))) +
      contentsOf(objects, encoded) +
      prefixes.map((one) => wrap("CommonPrefixes", wrap("Prefix", keyText(one, encoded)))).join(""),
  );
};

/** All versions in one page: enough for emptying a bucket and for looking. */
export const listVersions = (store: ObjectStore, { bucket, query }: S3Request): Answer => {
  const prefix = query.get("prefix") ?? "";
  const encoded = query.get("encoding-type") === "url";
  const versions = store.versions(bucket, prefix, 10_000).filter(({ key }) => key.startsWith(prefix));
  return xmlAnswer(
    "ListVersionsResult",
    element("Name", bucket) +
      wrap("Prefix", keyText(prefix, encoded)) +
      (encoded ? element("EncodingType", "url") : "") +
      element("MaxKeys", 1000) +
      element("IsTruncated", false) +
      versions
        .map((one) =>
          wrap(
            one.marker ? "DeleteMarker" : "Version",
            wrap("Key", keyText(one.key, encoded)) +
              element("VersionId", one.version || "null") +
              element("IsLatest", one.latest) +
              element("LastModified", new Date(one.modified).toISOString()) +
              (one.marker ? "" : element("ETag", one.etag) + element("Size", one.size)),
          ),
        )
        .join(""),
  );
};
