import { Readable } from "node:stream";
import type { PortListeners } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import type { Answer, Call, RestService } from "../port/service.ts";
import { type Action, BUCKET_ACTIONS, OBJECT_ACTIONS } from "./actions.ts";
import { errorAnswer } from "./answers.ts";
import { bucketFiles } from "./bucket-files.ts";
import { S3Error, s3Errors } from "./errors.ts";
import { listBuckets } from "./list-buckets.ts";
import { readRequest, type S3Request } from "./request.ts";
import { openContext } from "./s3.ts";
import { SUB_RESOURCES } from "./sub-resources.ts";

const actionOf = (request: S3Request): Action => {
  const { call, bucket, key, query } = request;
  const sub = SUB_RESOURCES.find((name) => query.has(name)) ?? "";
  if (bucket === "") return listBuckets;
  const isCopy = request.header("x-amz-copy-source") !== undefined;
  const name = `${call.method} ${sub}${call.method === "PUT" && isCopy ? " copy" : ""}`;
  const isSecondList = key === "" && name === "GET " && query.get("list-type") === "2";
  const actions = key === "" ? BUCKET_ACTIONS : OBJECT_ACTIONS;
  const action = actions[isSecondList ? "GET list-type" : name];
  if (action) return action;
  throw s3Errors.notHere(`${call.method} of ${key === "" ? "a bucket's" : "an object's"} ${sub || "form"}`);
};

/** An action's function has the name of the action, with a small letter first. */
const nameOf = ({ name }: Action): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const actionNameOf = (call: Call): string | undefined => {
  try {
    return nameOf(actionOf(readRequest(call)));
  } catch {
    return undefined;
  }
};

export const openS3 = (
  root: string,
  arns: Arns,
  listeners: Pick<PortListeners, "onBucketChange">,
  now: () => number = Date.now,
) => {
  const s3 = openContext(root, arns, listeners, now);

  const answer = async (call: Call, body: Readable): Promise<Answer> => {
    const request = readRequest(call);
    return actionOf(request)(s3, request, body);
  };

  const handle = async (call: Call, body: Readable): Promise<Answer> => {
    try {
      const { headers, ...rest } = await answer(call, body);
      return { ...rest, headers: { ...headers, "x-amz-request-id": call.requestId } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const answer = errorAnswer(error.code, error.message, error.status, call, error.fields);
      return error instanceof S3Error
        ? { ...answer, headers: { ...answer.headers, ...error.headers } }
        : answer;
    }
  };

  const service: RestService = {
    kind: "rest",
    name: "s3",
    handle,
    actionOf: actionNameOf,
    error: errorAnswer,
    throttling: { code: "SlowDown", status: 503 },
    close: () => s3.close(),
  };
  return {
    service,
    /** Puts an object for a service of the platform's own, through the same action as a request. */
    putFile:
      (caller: Call) =>
      async (bucket: string, key: string, body: Buffer): Promise<void> => {
        const url = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
        const headers = { "content-length": String(body.length) };
        await answer({ ...caller, method: "PUT", url, headers }, Readable.from([body]));
      },
    files: bucketFiles(s3),
    /** Makes the bucket as Terraform does: with versions, and with object lock where it is declared. */
    ensureBucket: (name: string, { objectLock }: { objectLock: boolean }) => {
      const bucket = s3.buckets.get(name) ?? { name, created: now(), versioning: "" as const };
      s3.buckets.save({
        ...bucket,
        versioning: "Enabled",
        ...(objectLock ? { objectLock: bucket.objectLock ?? {} } : {}),
      });
    },
  };
};
