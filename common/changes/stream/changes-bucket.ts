import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";
import type { ReadFile } from "../file/user-file.ts";
import { FILE_BYTES_MAX, fileTooLarge, readUserFile } from "../file/user-file.ts";
import type { UserKey } from "../file/user-key.ts";
import type { Claim } from "../plan/envelopes.ts";
import type { Version } from "../plan/fresh-versions.ts";
import type { ReadVersionPage } from "./list-versions.ts";

type Listed = Partial<Pick<ObjectVersion, "Key" | "VersionId" | "LastModified" | "Size" | "IsLatest">>;

const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  ["NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed"].includes(error.name);

/** The bytes of a body in one buffer of their size: put together from pieces they would stand twice in memory. */
const bytesOf = async (body: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> => {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for await (const piece of body) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.subarray(0, at);
};

/** The bucket `changes`: users' files with their versions, and claims. */
export const changesBucket = (Bucket: string) => {
  const readPage: ReadVersionPage = async (key, after, limit) => {
    const page = await s3().send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix: key,
        MaxKeys: limit,
        ...(after === undefined ? {} : { KeyMarker: key, VersionIdMarker: after }),
      }),
    );
    const { Versions = [], DeleteMarkers = [], IsTruncated = false } = page;
    // Longer keys begin with this one, too, and stand behind it.
    const own = (list: readonly Listed[]) => list.filter(({ Key }) => Key === key);
    const toVersion =
      (isMarker: boolean) =>
      (one: Listed): Version => ({
        id: one.VersionId ?? "",
        isMarker,
        modifiedAt: one.LastModified?.toISOString() ?? "",
        bytes: one.Size ?? 0,
      });
    const latest = [...own(Versions), ...own(DeleteMarkers)].find(({ IsLatest }) => IsLatest === true);
    const isMore = IsTruncated && page.NextKeyMarker === key;
    return {
      versions: own(Versions).map(toVersion(false)),
      markers: own(DeleteMarkers).map(toVersion(true)),
      ...(latest?.VersionId === undefined ? {} : { latest: latest.VersionId }),
      ...(isMore && page.NextVersionIdMarker !== undefined ? { next: page.NextVersionIdMarker } : {}),
    };
  };

  return {
    readPage,

    /** A version of a user's file, read and checked; undefined when it is gone. */
    readFile: async ({ key, userId }: UserKey, { id, bytes }: Version): Promise<ReadFile | undefined> => {
      if (bytes > FILE_BYTES_MAX) return fileTooLarge(bytes);
      try {
        const { Body, ContentLength = 0 } = await s3().send(
          new GetObjectCommand({ Bucket, Key: key, VersionId: id }),
        );
        if (ContentLength > FILE_BYTES_MAX) return fileTooLarge(ContentLength);
        const body = Body as AsyncIterable<Uint8Array> | undefined;
        return readUserFile(body ? await bytesOf(body, ContentLength) : new Uint8Array(), userId);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },

    putClaim: async ({ key, data }: Claim): Promise<void> => {
      await s3().send(
        new PutObjectCommand({ Bucket, Key: key, Body: data, ContentType: "application/json" }),
      );
    },

    exists: async (Key: string): Promise<boolean> => {
      try {
        await s3().send(new HeadObjectCommand({ Bucket, Key }));
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },

    /** The objects whose keys begin with the prefix, in order, behind `after`; a page has 1,000. */
    listObjects: async (
      Prefix: string,
      after?: string,
    ): Promise<{ objects: { key: string; bytes: number }[]; isLast: boolean }> => {
      const { Contents = [], IsTruncated = false } = await s3().send(
        new ListObjectsV2Command({ Bucket, Prefix, ...(after === undefined ? {} : { StartAfter: after }) }),
      );
      const objects = Contents.map(({ Key = "", Size = 0 }) => ({ key: Key, bytes: Size }));
      return { objects, isLast: !IsTruncated };
    },
  };
};
