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

/** Files that are written in parts, as the work on them goes on. Parts count from 1. */
export type MultipartFiles = {
  begin(key: string, kind: FileKind): Promise<string>;
  /** Answers the part's tag; the same part put again replaces the first. */
  putPart(key: string, uploadId: string, number: number, bytes: Uint8Array): Promise<string>;
  /** Safe to repeat: a file that is finished already is. */
  finish(key: string, uploadId: string, tags: readonly string[]): Promise<void>;
  abort(key: string, uploadId: string): Promise<void>;
};

const isNoSuchUpload = (error: unknown): boolean => error instanceof Error && error.name === "NoSuchUpload";

/** Files in a bucket. */
export const multipartFiles = (Bucket: string): MultipartFiles => ({
  begin: async (Key, { contentType, fileName }) => {
    const { UploadId } = await s3().send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ContentType: contentType,
        ContentDisposition: `attachment; filename="${fileName}"`,
      }),
    );
    if (UploadId === undefined) throw new AppError("DEPENDENCY_FAILED", { internal: "S3 named no upload" });
    return UploadId;
  },

  putPart: async (Key, UploadId, PartNumber, Body) => {
    const { ETag } = await s3().send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    if (ETag === undefined) throw new AppError("DEPENDENCY_FAILED", { internal: "S3 gave no tag" });
    return ETag;
  },

  finish: async (Key, UploadId, tags) => {
    const Parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
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
