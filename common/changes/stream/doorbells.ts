import { type UserKey, userOfKey } from "../file/user-key.ts";

/** What a message of the queue `changes` says. */
export type DoorbellMessage = {
  Records?: {
    eventName?: string;
    eventTime?: string;
    s3: { object: { key: string; versionId?: string; sequencer?: string } };
  }[];
  Event?: string;
};

/** One notification of a change of a user's file. */
export type Doorbell = {
  messageId: string;
  sequencer?: string;
  /** The version or marker that was made; undefined where one was removed. */
  madeVersion?: string;
  timeMs?: number;
};

/** A key as it stands in a notification: encoded as a form, with `+` for a space. */
export const keyInNotification = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};

/** The notification's spelling of a key. */
export const notifiedKey = (key: string): string =>
  encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");

/** Makes a message as S3 does, of one that rings for a key without saying what happened. */
export const ringFor = (key: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    Records: [{ eventSource: "millrace", s3: { object: { key: notifiedKey(key) } } }],
    ...more,
  });

const MAKES =
  /^(s3:)?(ObjectCreated:|ObjectRemoved:DeleteMarkerCreated|LifecycleExpiration:DeleteMarkerCreated)/;

export type Grouped = {
  users: Map<string, { user: UserKey; doorbells: Doorbell[] }>;
  /** Notifications of other keys, and S3's tests. */
  others: number;
};

/** The doorbells of messages by user's file. */
export const groupDoorbells = (
  messages: readonly { messageId: string; body: DoorbellMessage }[],
  organization: string | undefined,
): Grouped => {
  const users: Grouped["users"] = new Map();
  let others = 0;
  for (const { messageId, body } of messages) {
    if (!body.Records) others += 1;
    for (const { eventName = "", eventTime, s3 } of body.Records ?? []) {
      const key = keyInNotification(s3.object.key);
      const user = key === undefined ? undefined : userOfKey(key, organization);
      if (!user) {
        others += 1;
        continue;
      }
      const group = users.get(user.key) ?? { user, doorbells: [] };
      users.set(user.key, group);
      const timeMs = Date.parse(eventTime ?? "");
      const { sequencer, versionId } = s3.object;
      group.doorbells.push({
        messageId,
        ...(sequencer === undefined ? {} : { sequencer }),
        ...(versionId !== undefined && MAKES.test(eventName) ? { madeVersion: versionId } : {}),
        ...(Number.isNaN(timeMs) ? {} : { timeMs }),
      });
    }
  }
  return { users, others };
};
