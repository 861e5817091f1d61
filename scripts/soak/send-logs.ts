import { FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { wait } from "#common/async/wait.ts";
import { streamNumberOf } from "#common/log-message/stream-number.ts";
import type { System } from "#local/testing/system.ts";

/** A message that is sent, and what should become of it. */
type Sent = { organizationID: string; json: string };

export const STREAMS = 2;
const ORGANIZATIONS = ["demo", "first-credit", "second-credit", "third-credit"];
const HOUR_MS = 3_600_000;

/** Each hundredth is a month late, each two-hundredth breaks the rules; a third goes by each door. */
export const isBad = (number: number): boolean => number % 200 === 199;
const isLate = (number: number): boolean => number % 100 === 50;

export const organizationOf = (number: number): string =>
  ORGANIZATIONS[number % ORGANIZATIONS.length] ?? "demo";
export const idOf = (number: number): string => `soak-${number}`;

const messageOf = (number: number, now: number): Sent => {
  const organizationID = organizationOf(number);
  const time = new Date(isLate(number) ? now - 30 * 24 * HOUR_MS : now).toISOString();
  const message = {
    organizationID,
    logType: isBad(number) ? "no-such-type" : (["web", "app", "agw", "hub"][number % 4] ?? "web"),
    id: idOf(number),
    time,
    transactionId: `tx-${number >> 2}`,
    server: "soak",
    events: [{ action: "sent", description: `message ${number}`, detail: { number } }],
  };
  return { organizationID, json: JSON.stringify(message) };
};

/** Messages of one batch, which goes by one door. */
export const BATCH = 200;

const DOORS = 3;
const doorOf = (number: number): number => Math.floor(number / BATCH) % DOORS;

/** Whether a bad message is answered to its sender at once: only `POST /logs` does. */
export const isAnswered = (number: number): boolean => doorOf(number) === 0;

/** Sends a batch by each door in turn, and repeats it until it was taken. */
export const logSender = async (system: System) => {
  const config = {
    endpoint: system.platform.awsUrl,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const sns = new SNSClient(config);
  const firehose = new FirehoseClient(config);
  const tokens = new Map<string, string>();
  for (const organizationId of ORGANIZATIONS) {
    tokens.set(organizationId, await system.token(["logs.write"], { organizationId }));
  }

  const byHttp = async (messages: readonly Sent[], key: string): Promise<boolean> => {
    const groups = [...Map.groupBy(messages, ({ organizationID }) => organizationID)];
    const replies = await Promise.all(
      groups.map(async ([organizationID, group]) => {
        const reply = await system
          .call("POST /logs", {
            token: tokens.get(organizationID),
            headers: {
              "content-type": "application/x-ndjson",
              "idempotency-key": `${key}-${organizationID}`,
            },
            body: group.map(({ json }) => json).join("\n"),
          })
          .catch(() => undefined);
        // 400: every message of the group was refused, and each is said by its place.
        return reply?.status === 202 || reply?.status === 400;
      }),
    );
    return replies.every(Boolean);
  };

  const byTopic = async (messages: readonly Sent[]): Promise<boolean> => {
    for (let start = 0; start < messages.length; start += 10) {
      const { Failed = [] } = await sns.send(
        new PublishBatchCommand({
          TopicArn: "arn:aws:sns:us-east-1:000000000000:millrace-local-logs",
          PublishBatchRequestEntries: messages
            .slice(start, start + 10)
            .map(({ organizationID, json }, index) => ({
              Id: String(index),
              Message: json,
              MessageAttributes: {
                stream: { DataType: "String", StringValue: String(streamNumberOf(organizationID, STREAMS)) },
              },
            })),
        }),
      );
      if (Failed.length > 0) return false;
    }
    return true;
  };

  const byStream = async (messages: readonly Sent[]): Promise<boolean> => {
    const { FailedPutCount } = await firehose.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: "millrace-local-logs",
        Records: [{ Data: Buffer.from(messages.map(({ json }) => json).join("\n")) }],
      }),
    );
    return FailedPutCount === 0;
  };

  /** Sends the messages with these numbers; what a door does not take it is offered again. */
  return async (from: number, to: number): Promise<void> => {
    const now = Date.now();
    const messages = Array.from({ length: to - from }, (_, index) => messageOf(from + index, now));
    const doors = [byHttp, byTopic, byStream];
    const door = doors[doorOf(from)] ?? byStream;
    while (!(await door(messages, `soak-${from}`).catch(() => false))) await wait(100);
  };
};
