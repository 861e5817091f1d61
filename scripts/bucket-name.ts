/** In AWS the account's id follows a bucket's name, because names are global. Locally it does not. */
export const bucketNamed = async (environment: string, name: string): Promise<string> => {
  const bucket = `millrace-${environment}-${name}`;
  if (environment === "local") return bucket;
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const { Account } = await new STSClient().send(new GetCallerIdentityCommand());
  return `${bucket}-${Account}`;
};
