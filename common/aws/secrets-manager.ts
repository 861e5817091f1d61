import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: SecretsManagerClient | undefined;
const secretsManager = (): SecretsManagerClient => {
  client ??= rememberClient(new SecretsManagerClient(CLIENT_DEFAULTS));
  return client;
};

/** The text of a secret as it stands now. */
export const getSecret = async (secretId: string): Promise<string> => {
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: secretId }));
  if (SecretString === undefined) throw new Error(`the secret ${secretId} holds no text`);
  return SecretString;
};
