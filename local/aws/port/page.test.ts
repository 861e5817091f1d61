import { request } from "node:http";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clients, clientsFor, failureOf, startTestPort, type TestPort } from "../testing/port.ts";

type Answer = { status: number; text: string; headers: Record<string, unknown> };

/** A request with exactly these headers, as a browser would send it. */
const ask = (url: string, headers: Record<string, string>, method = "GET", body = "") =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
      );
    });
    sent.on("error", reject).end(body);
  });

describe("the AWS port and web pages", () => {
  let port: TestPort;
  let clients: Clients;
  let QueueUrl = "";
  let link = "";
  beforeAll(async () => {
    port = await startTestPort();
    clients = clientsFor(port.url);
    ({ QueueUrl = "" } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "pages" })));
    const object = { Bucket: "millrace-local-files", Key: "export.csv" };
    await clients.s3.send(new PutObjectCommand({ ...object, Body: "a,b" }));
    link = await getSignedUrl(clients.s3, new GetObjectCommand(object), { expiresIn: 60 });
  });
  afterAll(() => port.close());

  const messages = async () => {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return Attributes?.ApproximateNumberOfMessages;
  };

  /**
   * The headers of a page are added after the SDK has signed, because a signature covers only the headers that
   * it names.
   */
  const sendAsPage = (page: Record<string, string>) => {
    const { sqs } = clientsFor(port.url);
    sqs.middlewareStack.add(
      (next) => (args) => {
        const headers: unknown = Reflect.get(args.request ?? {}, "headers");
        if (typeof headers === "object" && headers !== null) Object.assign(headers, page);
        return next(args);
      },
      { step: "finalizeRequest", priority: "low", name: "page" },
    );
    return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "from a page" }));
  };

  it.each([
    ["another site's simple request", { origin: "https://evil.example" }],
    ["a sandboxed page's", { origin: "null" }],
    ["another local port's page", { origin: "http://localhost:3000" }],
    ["a request that the browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["one that it calls same-site", { "sec-fetch-site": "same-site" }],
  ])("refuses %s, though it is signed", async (_, headers) => {
    const { name, status } = await failureOf(sendAsPage(headers));

    expect([name, status]).toEqual(["AccessDenied", 403]);
    expect(await messages()).toBe("0");
  });

  it("takes what its own page or a person asks for", async () => {
    await sendAsPage({ origin: port.url, "sec-fetch-site": "same-origin" });
    await sendAsPage({ "sec-fetch-site": "none" });

    expect(await messages()).toBe("2");
  });

  it("refuses a host that is no name of this machine, before it looks at the signature", async () => {
    const signed = new URL(link);

    const rebound = await ask(link, { host: `evil.example:${signed.port}` });

    expect(rebound.status).toBe(403);
    expect(rebound.text).toContain("AccessDenied");
    expect(rebound.text).not.toContain("a,b");
  });

  describe("a presigned link", () => {
    const clicked = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };

    it("opens when a person follows it from another site", async () => {
      expect(await ask(link, clicked)).toMatchObject({ status: 200, text: "a,b" });
    });

    it.each([
      ["fetched by a script", { ...clicked, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }],
      ["shown as an image", { ...clicked, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }],
      ["shown in a frame", { ...clicked, "sec-fetch-dest": "iframe" }],
      ["posted from a form", { ...clicked, origin: "https://evil.example" }],
    ])("is refused when it is %s", async (_, headers) => {
      expect((await ask(link, headers)).status).toBe(403);
    });

    it("is refused when it would change something", async () => {
      const url = `${port.url}/?Action=SendMessage&QueueUrl=${encodeURIComponent(QueueUrl)}&MessageBody=x&X-Amz-Credential=local%2F20260101%2Fus-east-1%2Fsqs%2Faws4_request&X-Amz-Signature=00`;

      expect((await ask(url, clicked)).text).toContain("no web page of another origin");
    });
  });
});

describe("a malformed signature", () => {
  let port: TestPort;
  beforeAll(async () => {
    port = await startTestPort();
  });
  afterAll(() => port.close());

  const day = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const credential = (service: string) =>
    `local%2F${day.slice(0, 8)}%2Fus-east-1%2F${service}%2Faws4_request`;
  const presigned = (service: string, more: string) =>
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential(service)}&X-Amz-Date=${day}&X-Amz-Expires=60&X-Amz-SignedHeaders=host&${more}`;

  it.each([
    ["not hexadecimal", presigned("s3", `X-Amz-Signature=${"%C3%A9".repeat(64)}`)],
    ["too short", presigned("s3", "X-Amz-Signature=00")],
    ["over a broken escape", presigned("s3", `x=%ZZ&X-Amz-Signature=${"0".repeat(64)}`)],
    ["of a service that signs bodies", presigned("sqs", `x=%E0&X-Amz-Signature=${"0".repeat(64)}`)],
  ])("that is %s is 403", async (_, query) => {
    const answer = await ask(`${port.url}/millrace-local-files/k?${query}`, {});

    expect(answer.status).toBe(403);
    expect(answer.text).toContain("SignatureDoesNotMatch");
  });
});
