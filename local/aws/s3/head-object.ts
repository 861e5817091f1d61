import type { Answer } from "../port/service.ts";
import { readObject } from "./read-object.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const headObject = (s3: S3, request: S3Request): Answer => readObject(s3, request, false);
