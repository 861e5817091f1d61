import { Type } from "typebox";
import { validator } from "#common/validation/schema.ts";

const record = Type.Object({
  eventName: Type.Optional(Type.String()),
  eventTime: Type.Optional(Type.String()),
  s3: Type.Object({
    object: Type.Object({
      key: Type.String({ minLength: 1 }),
      versionId: Type.Optional(Type.String()),
      sequencer: Type.Optional(Type.String()),
    }),
  }),
});

/** What stands on the queue `changes`: notifications of S3, and its test of the queue, which has none. */
export const DoorbellMessageSchema = validator(
  Type.Object({
    Records: Type.Optional(Type.Array(record)),
    Event: Type.Optional(Type.String()),
  }),
);
