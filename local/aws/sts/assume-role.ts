import type { Arns } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, optionalInteger, records, text } from "../port/input.ts";
import type { Call, Operation } from "../port/service.ts";
import type { Sessions } from "./sessions.ts";

const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

const HOUR = 3_600;

const invalid = (message: string): AwsError => new AwsError("ValidationError", message);

const tagsOf = (input: Input): Record<string, string> => {
  const tags = records(input, "Tags").map((tag) => [text(tag, "Key"), String(tag.Value ?? "")] as const);
  if (tags.some(([, value]) => !TAG_VALUE.test(value)))
    throw invalid("Value at 'tags' failed to satisfy constraint");
  return Object.fromEntries(tags);
};

/** A session of a role that a function may take on, with the tags that its policy asks for. */
export const assumeRole =
  (arns: Arns, sessions: Sessions): Operation =>
  (input: Input, call: Call) => {
    const arn = text(input, "RoleArn");
    const name = text(input, "RoleSessionName");
    if (!/^[\w+=,.@-]{2,64}$/.test(name))
      throw invalid("Value at 'roleSessionName' failed to satisfy constraint");
    const seconds = optionalInteger(input, "DurationSeconds", { min: 900, max: 43_200 }) ?? HOUR;
    call.authorize("sts:AssumeRole", arn);
    const role = sessions.roleAt(arn);
    const tags = tagsOf(input);
    if (Object.keys(tags).length > 0) call.authorize("sts:TagSession", arn);
    const stranger = Object.keys(tags).find((tag) => !role?.tags.includes(tag));
    if (!role || stranger !== undefined) {
      throw new AwsError(
        "AccessDenied",
        `User is not authorized to perform: sts:TagSession on resource: ${arn}`,
        {
          status: 403,
        },
      );
    }
    const session = sessions.open(role.name, name, tags, seconds);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.token,
        Expiration: new Date(session.expiresAt).toISOString(),
      },
      AssumedRoleUser: {
        AssumedRoleId: `AROALOCAL:${name}`,
        Arn: `arn:aws:sts::${arns.account}:assumed-role/${arn.slice(arn.lastIndexOf("/") + 1)}/${name}`,
      },
    };
  };
