import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";
import type { ChunkMessage, FileMessage, RevertMessage } from "./ledger.ts";

const importId = Type.String({ format: "uuid" });
const count = Type.Integer({ minimum: 0 });

/** One object in S3's notification; what else stands there is S3's matter. */
export type ObjectRecord = {
  eventName: string;
  eventTime: string;
  s3: {
    bucket: { name: string };
    object: { key: string; size?: number; eTag?: string; versionId?: string };
  };
};

/** S3's notification, its test, or a slice that is still to be cut. */
export type FilesMessage = FileMessage | { Records: ObjectRecord[] } | { Event: string };

const record = Type.Object({
  eventName: Type.String(),
  eventTime: Type.String({ format: "date-time" }),
  s3: Type.Object({
    bucket: Type.Object({ name: Type.String() }),
    object: Type.Object({
      key: Type.String({ minLength: 1 }),
      size: Type.Optional(count),
      eTag: Type.Optional(Type.String()),
      versionId: Type.Optional(Type.String()),
    }),
  }),
});

/** What stands on a service's queue of files. */
export const FilesMessageSchema = validator(
  Type.Unsafe<FilesMessage>({
    anyOf: [
      Type.Object({ importId, slice: count }, { additionalProperties: false }),
      Type.Object({ Records: Type.Array(record) }),
      Type.Object({ Event: Type.String() }),
    ],
  }),
);

/** What stands on a service's queue of chunks. */
export const ChunkMessageSchema = validator(
  Type.Unsafe<ChunkMessage>(Type.Object({ importId, chunk: count }, { additionalProperties: false })),
);

/** What stands on a service's queue of take-backs. */
export const RevertMessageSchema = validator(
  Type.Unsafe<RevertMessage>(
    Type.Object(
      {
        importId,
        action: Type.Optional(Type.Unsafe<string>({ type: "string", enum: ["cancel", "undo", "rehearse"] })),
      },
      { additionalProperties: false },
    ),
  ),
);
