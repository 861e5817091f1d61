import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: STSClient | undefined;
const sts = (): STSClient => {
  client ??= rememberClient(new STSClient(CLIENT_DEFAULTS));
  return client;
};

/** A role that was taken on by another lasts an hour at most. */
const SESSION_SECONDS = 3_600;
const RENEW_BEFORE_MS = 10 * 60_000;
const SESSIONS_MAX = 50;

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

const sessions = new Map<string, { credentials: Promise<Credentials>; renewAt: number }>();

const assume = async (roleArn: string, tags: Readonly<Record<string, string>>): Promise<Credentials> => {
  const { Credentials: made } = await sts().send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: process.env.POWERTOOLS_SERVICE_NAME ?? "millrace",
      DurationSeconds: SESSION_SECONDS,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  if (!made?.AccessKeyId || !made.SecretAccessKey || !made.SessionToken) {
    throw new Error("STS answered AssumeRole without credentials");
  }
  return {
    accessKeyId: made.AccessKeyId,
    secretAccessKey: made.SecretAccessKey,
    sessionToken: made.SessionToken,
  };
};

/** Credentials of the role with these tags, which its policy goes by; kept until ten minutes before their end. */
export const readerSession = (
  roleArn: string,
  tags: Readonly<Record<string, string>>,
): Promise<Credentials> => {
  const key = JSON.stringify([roleArn, Object.entries(tags).sort()]);
  const known = sessions.get(key);
  if (known && known.renewAt > Date.now()) return known.credentials;
  const credentials = assume(roleArn, tags);
  sessions.set(key, { credentials, renewAt: Date.now() + SESSION_SECONDS * 1000 - RENEW_BEFORE_MS });
  // A failure must not be remembered as the session.
  credentials.catch(() => sessions.delete(key));
  if (sessions.size > SESSIONS_MAX) sessions.delete(sessions.keys().next().value ?? key);
  return credentials;
};
