import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";
import { AppError } from "#common/errors/app-error.ts";

export type FileKind = { contentType: string; fileName: string };

/** What S3 said of a part: its tag, and the checksum of the bytes that arrived. Both finish the file. */
export type FilePart = { tag: string; crc32: string };

/** Files that are written in parts, as the work on them goes on. Parts count from 1. */
export type MultipartFiles = {
  begin(key: string, kind: FileKind): Promise<string>;
  /** The same part put again replaces the first. */
  putPart(key: string, uploadId: string, number: number, bytes: Uint8Array): Promise<FilePart>;
  /** Safe to repeat: a file that is finished already is. */
  finish(key: string, uploadId: string, parts: readonly FilePart[]): Promise<void>;
  abort(key: string, uploadId: string): Promise<void>;
};

/**
 * Named when the upload begins, because S3 refuses a completion whose parts carry checksums of an upload
 * that named none, and holds the whole against the parts' checksums only if it did.
 */
const ChecksumAlgorithm = "CRC32";

const isNoSuchUpload = (error: unknown): boolean => error instanceof Error && error.name === "NoSuchUpload";

/** Files in a bucket. */
export const multipartFiles = (Bucket: string): MultipartFiles => ({
  begin: async (Key, { contentType, fileName }) => {
    const { UploadId } = await s3().send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ChecksumAlgorithm,
        ContentType: contentType,
        ContentDisposition: `attachment; filename="${fileName}"`,
      }),
    );
    if (UploadId === undefined) throw new AppError("DEPENDENCY_FAILED", { internal: "S3 named no upload" });
    return UploadId;
  },

  putPart: async (Key, UploadId, PartNumber, Body) => {
    const { ETag, ChecksumCRC32 } = await s3().send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm }),
    );
    if (ETag === undefined || ChecksumCRC32 === undefined) {
      throw new AppError("DEPENDENCY_FAILED", { internal: "S3 gave no tag or no checksum" });
    }
    return { tag: ETag, crc32: ChecksumCRC32 };
  },

  finish: async (Key, UploadId, parts) => {
    const Parts = parts.map(({ tag, crc32 }, index) => ({
      ETag: tag,
      ChecksumCRC32: crc32,
      PartNumber: index + 1,
    }));
    try {
      await s3().send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
      );
    } catch (error) {
      if (!isNoSuchUpload(error)) throw error;
      // An earlier try got through if the file is there; if it is not, this throws.
      await s3().send(new HeadObjectCommand({ Bucket, Key }));
    }
  },

  abort: async (Key, UploadId) => {
    try {
      await s3().send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    } catch (error) {
      if (!isNoSuchUpload(error)) throw error;
    }
  },
});
