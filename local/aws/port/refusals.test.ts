import { request } from "node:http";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsFor, failureOf, startTestPort, type TestPort } from "../testing/port.ts";

/** A request without an SDK. */
const bare = (url: string, headers: Record<string, string>, body: string, method = "POST") =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    sent.on("error", reject).end(body);
  });

const signed = (service: string, accessKeyId = "someone") => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
});

describe("the AWS port", () => {
  let port: TestPort;
  beforeAll(async () => {
    port = await startTestPort();
  });
  afterAll(() => port.close());

  describe("who calls", () => {
    it.each([
      [
        "dynamodb",
        { "x-amz-target": "DynamoDB_20120810.ListTables" },
        400,
        "MissingAuthenticationTokenException",
      ],
      ["sqs", { "x-amz-target": "AmazonSQS.ListQueues" }, 403, "MissingAuthenticationTokenException"],
      ["s3", {}, 403, "<Code>AccessDenied</Code>"],
    ])("refuses an unsigned call of %s", async (_, headers, status, code) => {
      const answer = await bare(port.url, headers, "{}");

      expect(answer.status).toBe(status);
      expect(answer.text).toContain(code);
    });

    it("refuses an unknown access key, in each protocol", async () => {
      const stranger = clientsFor(port.url, "stranger");

      expect((await failureOf(stranger.dynamodb.send(new ListTablesCommand({})))).name).toBe(
        "UnrecognizedClientException",
      );
      expect(
        (await failureOf(stranger.sns.send(new PublishCommand({ TopicArn: "arn:x", Message: "x" })))).name,
      ).toBe("InvalidClientTokenId");
      const put = stranger.s3.send(
        new PutObjectCommand({ Bucket: "millrace-local-files", Key: "k", Body: "x" }),
      );
      expect((await failureOf(put)).name).toBe("InvalidAccessKeyId");
    });

    it("refuses a wrong secret, of the operator and of a function whose secret it knows", async () => {
      const strict = await startTestPort({ secretOf: () => "right" });
      const with_ = (accessKeyId: string, secretAccessKey: string) =>
        new SQSClient({
          endpoint: strict.url,
          region: "us-east-1",
          maxAttempts: 1,
          credentials: { accessKeyId, secretAccessKey },
        });
      const receive = (client: SQSClient) =>
        client.send(
          new ReceiveMessageCommand({ QueueUrl: `${strict.url}/000000000000/millrace-local-orders` }),
        );

      await receive(with_("orders-writer", "right"));
      expect((await failureOf(receive(with_("orders-writer", "wrong")))).name).toBe(
        "InvalidSignatureException",
      );
      expect((await failureOf(receive(with_("local", "wrong")))).name).toBe("InvalidSignatureException");
      await strict.close();
    });

    it("refuses a body that is not the one that was signed", async () => {
      const { dynamodb } = clientsFor(port.url);
      dynamodb.middlewareStack.add(
        (next) => (args) => {
          Reflect.set(args.request ?? {}, "body", "[]");
          return next(args);
        },
        { step: "finalizeRequest", priority: "low", name: "tamper" },
      );

      expect((await failureOf(dynamodb.send(new ListTablesCommand({})))).name).toBe(
        "InvalidSignatureException",
      );
    });
  });

  describe("what makes no sense", () => {
    // Signature checks come first for the operator; a function without a known secret gets further.
    const as = (service: string) => ({ ...signed(service, "orders-writer") });

    it.each([
      [
        "a malformed body",
        "sqs",
        { "x-amz-target": "AmazonSQS.SendMessage" },
        "{not json",
        400,
        "SerializationException",
      ],
      [
        "a body that is no object",
        "sqs",
        { "x-amz-target": "AmazonSQS.SendMessage" },
        "[1]",
        400,
        "SerializationException",
      ],
      [
        "an unknown operation",
        "sqs",
        { "x-amz-target": "AmazonSQS.Fly" },
        "{}",
        400,
        "UnknownOperationException",
      ],
      [
        "an inherited name",
        "sqs",
        { "x-amz-target": "AmazonSQS.constructor" },
        "{}",
        400,
        "UnknownOperationException",
      ],
      [
        "a wrong type",
        "sqs",
        { "x-amz-target": "AmazonSQS.SendMessage" },
        '{"QueueUrl":[]}',
        400,
        "InvalidParameterValue",
      ],
      [
        "a missing parameter",
        "sqs",
        { "x-amz-target": "AmazonSQS.SendMessage" },
        "{}",
        400,
        "MissingRequiredParameterException",
      ],
      [
        "an unknown operation of DynamoDB",
        "dynamodb",
        { "x-amz-target": "DynamoDB_20120810.ExecuteStatement" },
        "{}",
        400,
        "UnknownOperationException",
      ],
      [
        "a wrong type for DynamoDB",
        "dynamodb",
        { "x-amz-target": "DynamoDB_20120810.PutItem" },
        '{"TableName":"millrace-local-orders","Item":[]}',
        400,
        "SerializationException",
      ],
      [
        "an unknown action",
        "sns",
        { "content-type": "application/x-www-form-urlencoded" },
        "Action=Fly",
        400,
        "InvalidAction",
      ],
      [
        "an empty form",
        "sts",
        { "content-type": "application/x-www-form-urlencoded" },
        "",
        400,
        "InvalidAction",
      ],
      ["an unknown service", "lambda", {}, "{}", 400, "UnknownOperationException"],
    ])(
      "answers %s with AWS's error",
      async (_, service, headers: Record<string, string>, body, status, code) => {
        const answer = await bare(port.url, { ...as(service), ...headers }, body);

        expect(answer.text).toContain(code);
        expect(answer.status).toBe(status);
      },
    );

    it.each([
      "/millrace-local-files/../../etc",
      "/millrace-local-files/a/%2E%2E/%2E%2E/%2E%2E/x",
      "/millrace-local-files/%ZZ",
    ])("refuses the path %s", async (path) => {
      const answer = await bare(`${port.url}/`, as("s3"), "x", "PUT").then(
        () =>
          new Promise<{ status: number | undefined }>((resolve, reject) => {
            request(
              { host: "127.0.0.1", port: port.port, path, method: "PUT", headers: as("s3") },
              (response) => {
                response.resume();
                resolve({ status: response.statusCode });
              },
            )
              .on("error", reject)
              .end("x");
          }),
      );

      expect(answer.status).toBe(400);
    });
  });
});
