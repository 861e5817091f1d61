import { PublishBatchCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { streamNumberOf } from "../log-message/stream-number.ts";
import { createRequestLog, snsPublisher } from "./index.ts";

type Client = NonNullable<Parameters<typeof snsPublisher>[0]["client"]>;

/** An SNS client that keeps the inputs of its commands, and answers what it is given. */
const fakeClient = (answers: (() => unknown)[]) => {
  const inputs: PublishBatchCommand["input"][] = [];
  const client = {
    send: async (command: unknown) => {
      if (command instanceof PublishBatchCommand) inputs.push(command.input);
      return answers.shift()?.() ?? {};
    },
  };
  return { inputs, client: client as unknown as Client };
};

const logsOf = (client: Client, count: number) => {
  const requestLog = createRequestLog({
    publish: snsPublisher({ topicArn: "arn:topic", streams: 7, client }),
  });
  for (let number = 0; number < count; number += 1) {
    const log = requestLog({ logType: "web", organizationID: `o${number}` });
    log.event("a", `${number}`);
    void log.end();
  }
  return requestLog;
};

describe("publishing by SNS", () => {
  it("sends up to ten messages a call, each with the stream of its organization", async () => {
    const { inputs, client } = fakeClient([]);

    const requestLog = logsOf(client, 25);
    await Promise.resolve();
    await requestLog.flush(10_000);

    expect(requestLog.counts).toMatchObject({ published: 25, waiting: 0 });
    const entries = inputs.flatMap(({ PublishBatchRequestEntries = [] }) => PublishBatchRequestEntries);
    expect(inputs.every(({ TopicArn }) => TopicArn === "arn:topic")).toBe(true);
    expect(inputs.every(({ PublishBatchRequestEntries: { length = 0 } = [] }) => length <= 10)).toBe(true);
    expect(entries.map(({ Message = "" }) => JSON.parse(Message).organizationID)).toEqual(
      Array.from({ length: 25 }, (_, number) => `o${number}`),
    );
    for (const { Message = "", MessageAttributes } of entries) {
      expect(MessageAttributes?.stream).toEqual({
        DataType: "String",
        StringValue: String(streamNumberOf(JSON.parse(Message).organizationID, 7)),
      });
    }
  });

  it("sends again what was throttled inside an answer, and not what the topic will never take", async () => {
    const { inputs, client } = fakeClient([
      () => ({ Failed: [{ Id: "0", Code: "Throttled", SenderFault: false }] }),
      () => ({ Failed: [{ Id: "0", Code: "InvalidParameter", SenderFault: true }] }),
    ]);

    const requestLog = logsOf(client, 1);
    await Promise.resolve();
    await requestLog.flush(10_000);

    expect(inputs).toHaveLength(2);
    expect(requestLog.counts).toEqual({ published: 0, waiting: 0, refused: 1 });
  });

  it("keeps everything while the call fails", async () => {
    const down = () => {
      throw new Error("ECONNREFUSED");
    };
    const { client } = fakeClient([down, down]);

    const requestLog = logsOf(client, 3);
    await Promise.resolve();
    await requestLog.flush(30_000);

    expect(requestLog.counts).toEqual({ published: 3, waiting: 0, refused: 0 });
  });
});
