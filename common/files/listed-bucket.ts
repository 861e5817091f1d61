import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";

const list = async <T>(
  Bucket: string,
  options: { Prefix: string; Delimiter?: string },
  read: (page: { keys: string[]; prefixes: string[] }) => T[],
): Promise<T[]> => {
  const found: T[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3().send(
      new ListObjectsV2Command({ Bucket, ...options, ...(ContinuationToken ? { ContinuationToken } : {}) }),
    );
    found.push(
      ...read({
        keys: (page.Contents ?? []).flatMap(({ Key }) => Key ?? []),
        prefixes: (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
      }),
    );
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return found;
};

/** The keys of all objects that begin with this, in their order. */
export const listKeys = (bucket: string, prefix: string): Promise<string[]> =>
  list(bucket, { Prefix: prefix }, ({ keys }) => keys);

/** The names of the folders in this one, which ends with `/` as they do not. */
export const listFolders = (bucket: string, folder: string): Promise<string[]> =>
  list(bucket, { Prefix: folder, Delimiter: "/" }, ({ prefixes }) =>
    prefixes.map((prefix) => prefix.slice(folder.length, -1)),
  );
