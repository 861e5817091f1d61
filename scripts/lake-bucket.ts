/** The bucket with an environment's anchors. In AWS the account's id ends its name, because names are global; locally it does not. */
export const lakeBucket = async (environment: string): Promise<string> => {
  const name = `millrace-${environment}-lake`;
  if (environment === "local") return name;
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const { Account } = await new STSClient().send(new GetCallerIdentityCommand());
  return `${name}-${Account}`;
};
