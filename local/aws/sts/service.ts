import type { Arns } from "../port/arn.ts";
import { OPERATOR } from "../port/permissions.ts";
import type { OperationService } from "../port/service.ts";
import { assumeRole } from "./assume-role.ts";
import type { Sessions } from "./sessions.ts";

export const callerArn = (arns: Arns, accessKeyId: string): string =>
  accessKeyId === OPERATOR
    ? `arn:aws:iam::${arns.account}:user/${OPERATOR}`
    : `arn:aws:sts::${arns.account}:assumed-role/${accessKeyId}/${accessKeyId}`;

export const makeSts = (arns: Arns, sessions: Sessions): OperationService => ({
  kind: "operations",
  name: "sts",
  protocols: ["query"],
  targets: [],
  errorPrefix: "",
  jsonVersion: "1.1",
  inputError: { missing: "ValidationError", invalid: "ValidationError" },
  throttling: { code: "Throttling", status: 400 },
  unknownOperation: { code: "InvalidAction", status: 400 },
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  operations: {
    AssumeRole: assumeRole(arns, sessions),
    // No permission is needed for this call, in AWS neither.
    GetCallerIdentity: (_input, { accessKeyId }) => ({
      Arn: callerArn(arns, accessKeyId),
      UserId: accessKeyId === OPERATOR ? "AIDALOCAL" : `AROALOCAL:${accessKeyId}`,
      Account: arns.account,
    }),
  },
});
