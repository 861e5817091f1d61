import { AwsError } from "../port/errors.ts";

type Fields = Readonly<Record<string, string | number>>;

/** An error of S3 whose answer carries headers of its own. */
export class S3Error extends AwsError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: AwsError, headers: Readonly<Record<string, string>>) {
    super(error.code, error.message, { status: error.status, fields: error.fields });
    this.headers = headers;
  }
}

/** An error of S3; `fields` are the elements beside code and message in its document. */
export const s3Error = (status: number, code: string, message: string, fields: Fields = {}): AwsError =>
  new AwsError(code, message, { status, fields });

const PRECONDITION = "At least one of the pre-conditions you specified did not hold";
const CONFLICT =
  "The conditional request cannot succeed due to a conflicting operation against this resource.";

export const s3Errors = {
  noSuchKey: (Key: string) => s3Error(404, "NoSuchKey", "The specified key does not exist.", { Key }),
  noSuchVersion: (Key: string, VersionId: string) =>
    s3Error(404, "NoSuchVersion", "The specified version does not exist.", { Key, VersionId }),
  noSuchBucket: (BucketName: string) =>
    s3Error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName }),
  noSuchUpload: (UploadId: string) =>
    s3Error(
      404,
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId },
    ),
  invalidArgument: (message: string, ArgumentName: string, ArgumentValue?: string) =>
    s3Error(400, "InvalidArgument", message, {
      ArgumentName,
      ...(ArgumentValue === undefined ? {} : { ArgumentValue }),
    }),
  invalidVersion: (id: string) => s3Errors.invalidArgument("Invalid version id specified", "versionId", id),
  invalidRequest: (message: string) => s3Error(400, "InvalidRequest", message),
  malformedXml: () =>
    s3Error(
      400,
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    ),
  preconditionFailed: (Condition: string) => s3Error(412, "PreconditionFailed", PRECONDITION, { Condition }),
  conflict: (Condition: string, Key: string) =>
    s3Error(409, "ConditionalRequestConflict", CONFLICT, { Condition, Key }),
  notImplementedHeader: (Header: string, additionalMessage: string) =>
    s3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented", {
      Header,
      additionalMessage,
    }),
  invalidRange: (RangeRequested: string, ActualObjectSize: number) =>
    s3Error(416, "InvalidRange", "The requested range is not satisfiable", {
      ActualObjectSize,
      RangeRequested,
    }),
  /** A request that only an object can answer, for a delete marker. */
  deleteMarker: (Method: string) =>
    s3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Method,
      ResourceType: "DeleteMarker",
    }),
  locked: () => s3Error(403, "AccessDenied", "Access Denied because object protected by object lock."),
  invalidBucketState: (message: string) => s3Error(409, "InvalidBucketState", message),
  /** Features of S3 that the local platform lacks. */
  notHere: (what: string) =>
    s3Error(501, "NotImplemented", `${what} is not implemented by the local platform.`),
};
