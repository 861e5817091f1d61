import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";
import { USERS_PREFIX } from "../file/user-key.ts";

type Newest = { key: string; version: string; isMarker: boolean; modifiedAt: string; wasFile: boolean };

/** What stands on top of every key of the users' files, 1,000 versions a request. */
export async function* newestVersions(Bucket: string): AsyncGenerator<Newest[]> {
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  // The last key of a page may go on in the next.
  let open: Newest | undefined;
  do {
    const page: ListObjectVersionsCommandOutput = await s3().send(
      new ListObjectVersionsCommand({ Bucket, Prefix: USERS_PREFIX, KeyMarker, VersionIdMarker }),
    );
    const files = new Set(page.Versions?.map(({ Key }) => Key));
    if (open && files.has(open.key)) open.wasFile = true;
    const newestOf = (
      isMarker: boolean,
      list: typeof page.Versions | typeof page.DeleteMarkers = [],
    ): Newest[] =>
      list
        .filter(({ IsLatest }) => IsLatest)
        .map(({ Key = "", VersionId = "", LastModified }) => ({
          key: Key,
          version: VersionId,
          isMarker,
          modifiedAt: LastModified?.toISOString() ?? "",
          wasFile: files.has(Key),
        }));
    const newest = [...newestOf(false, page.Versions), ...newestOf(true, page.DeleteMarkers)];
    KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
    VersionIdMarker = page.IsTruncated ? page.NextVersionIdMarker : undefined;
    const all = [...(open ? [open] : []), ...newest];
    open = all.find(({ key }) => key === KeyMarker);
    yield all.filter((one) => one !== open);
  } while (KeyMarker !== undefined);
}
