import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPort, type TestPort } from "../testing/port.ts";

/** SQS's older protocol, as Debian's `aws` 2.9 speaks it; no SDK here does. */
describe("SQS's query protocol", () => {
  let port: TestPort;
  beforeAll(async () => {
    // A function's signature is not checked without its secret, so a form can be posted by hand.
    port = await startTestPort({ permissions: { exists: () => true, allows: () => true } });
  });
  afterAll(() => port.close());
  const post = async (fields: Record<string, string>, path = "/000000000000/millrace-local-mail") => {
    const answer = await fetch(`${port.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        authorization:
          "AWS4-HMAC-SHA256 Credential=shell/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00",
      },
      body: new URLSearchParams({ Version: "2012-11-05", ...fields }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const inside = (text: string, name: string) => new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(text)?.[1];

  it("sends, receives and deletes", async () => {
    const sent = await post({
      Action: "SendMessage",
      MessageBody: "a & <b>\r\n",
      "MessageAttribute.1.Name": "kind",
      "MessageAttribute.1.Value.DataType": "String",
      "MessageAttribute.1.Value.StringValue": "x",
    });
    const received = await post({
      Action: "ReceiveMessage",
      "AttributeName.1": "ApproximateReceiveCount",
      "MessageAttributeName.1": "All",
    });
    const deleted = await post({
      Action: "DeleteMessage",
      ReceiptHandle: inside(received.text, "ReceiptHandle") ?? "",
    });

    expect(inside(sent.text, "MD5OfMessageBody")).toBe(inside(received.text, "MD5OfBody"));
    expect(inside(sent.text, "MD5OfMessageAttributes")).toBe(inside(received.text, "MD5OfMessageAttributes"));
    expect(inside(received.text, "Body")).toBe("a &amp; &lt;b&gt;&#13;\n");
    expect(received.text).toContain(
      "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>",
    );
    expect(received.text).toContain(
      "<MessageAttribute><Name>kind</Name><Value><DataType>String</DataType><StringValue>x</StringValue></Value></MessageAttribute>",
    );
    expect(deleted.status).toBe(200);
  });

  it("sends batches, lists queues and answers attributes", async () => {
    const batch = await post({
      Action: "SendMessageBatch",
      "SendMessageBatchRequestEntry.1.Id": "a",
      "SendMessageBatchRequestEntry.1.MessageBody": "one",
      "SendMessageBatchRequestEntry.2.Id": "b",
      "SendMessageBatchRequestEntry.2.MessageBody": "two",
      "SendMessageBatchRequestEntry.2.DelaySeconds": "901",
    });
    const list = await post({ Action: "ListQueues" }, "/");
    const attributes = await post({ Action: "GetQueueAttributes", "AttributeName.1": "VisibilityTimeout" });

    expect(inside(batch.text, "SendMessageBatchResultEntry")).toContain("<Id>a</Id>");
    expect(inside(batch.text, "BatchResultErrorEntry")).toContain("<Id>b</Id>");
    expect(list.text).toContain("/000000000000/millrace-local-orders</QueueUrl>");
    expect(attributes.text).toContain(
      "<Attribute><Name>VisibilityTimeout</Name><Value>30</Value></Attribute>",
    );
  });

  it("names errors as it always did", async () => {
    const { status, text } = await post({ Action: "GetQueueUrl", QueueName: "nowhere" }, "/");

    expect(status).toBe(400);
    expect(inside(text, "Code")).toBe("AWS.SimpleQueueService.NonExistentQueue");
  });
});
