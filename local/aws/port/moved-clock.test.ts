import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { makeClock } from "../../clock.ts";
import { clientsFor, startTestPort, type TestPort } from "../testing/port.ts";

const HOUR_MS = 3_600_000;
const TableName = "millrace-local-orders";
const object = { Bucket: "millrace-local-files", Key: "export.csv" };

let port: TestPort | undefined;
afterEach(() => port?.close());

const setup = async () => {
  const clock = makeClock();
  port = await startTestPort({ clock, secretOf: () => "local" });
  return { clock, url: port.url, clients: clientsFor(port.url) };
};

describe("a port whose clock is moved", () => {
  it("takes away what time to live says is due by then", async () => {
    const { clock, clients } = await setup();
    const Key = { owner: { S: "a" }, id: { S: "1" } };
    const expiresAt = { N: String(Math.floor(Date.now() / 1000) + 24 * 3600) };
    await clients.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, expiresAt } }));
    const isThere = async () =>
      (await clients.dynamodb.send(new GetItemCommand({ TableName, Key }))).Item !== undefined;
    expect(await isThere()).toBe(true);

    clock.moveTo(Date.now() + 25 * HOUR_MS);

    await eventually(async () => !(await isThere()));
  });

  it("refuses a presigned link whose time is over by then, and takes one that is made by then", async () => {
    const { clock, clients } = await setup();
    await clients.s3.send(new PutObjectCommand({ ...object, Body: "a,b" }));
    const link = () => getSignedUrl(clients.s3, new GetObjectCommand(object), { expiresIn: 900 });
    const early = await link();
    const status = async (address: string) => (await fetch(address)).status;
    expect(await status(early)).toBe(200);

    clock.moveTo(Date.now() + HOUR_MS);
    const signingDate = new Date(clock.now());
    const late = await getSignedUrl(clients.s3, new GetObjectCommand(object), {
      expiresIn: 900,
      signingDate,
    });

    expect(await status(early)).toBe(403);
    expect(await status(late)).toBe(200);
  });

  it.each([-25, 25])(
    "by %i hours takes requests that are signed by either clock, and no others",
    async (hours) => {
      const { clock, url } = await setup();
      clock.moveTo(Date.now() + hours * HOUR_MS);
      /** A client whose own clock is so far ahead of the machine's. */
      const ask = (aheadMs: number) => {
        const { dynamodb } = clientsFor(url);
        dynamodb.config.systemClockOffset = aheadMs;
        return dynamodb
          .send(new GetItemCommand({ TableName, Key: { owner: { S: "a" }, id: { S: "1" } } }))
          .then(
            () => "taken",
            (error: Error) => error.name,
          );
      };

      expect(await ask(0)).toBe("taken");
      expect(await ask(hours * HOUR_MS)).toBe("taken");
      expect(await ask(-hours * HOUR_MS)).toBe("InvalidSignatureException");
    },
  );

  it("purges a queue again when the clock was set back behind the last purge", async () => {
    const { clock, url, clients } = await setup();
    const purge = () =>
      clients.sqs
        .send(new PurgeQueueCommand({ QueueUrl: `${url}/000000000000/millrace-local-mail` }))
        .then(() => "purged")
        .catch((error: Error) => error.name);

    expect([await purge(), await purge()]).toEqual(["purged", "PurgeQueueInProgress"]);
    clock.moveTo(Date.now() - HOUR_MS);
    expect(await purge()).toBe("purged");
  });

  it("dates its answers to functions by it, so that the SDK does not correct a clock that is right", async () => {
    const { clock, url } = await setup();
    const dateFor = async (caller: string) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${caller}/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=x`;
      return (await fetch(url, { headers: { authorization } })).headers.get("date") ?? "";
    };
    const isOfMachine = (date: string) => Math.abs(Date.parse(date) - Date.now()) < 60_000;

    expect(isOfMachine(await dateFor("orders-reader"))).toBe(true);
    clock.moveTo(Date.parse("2031-05-01T00:00:00Z"));

    expect(await dateFor("orders-reader")).toMatch(/^Thu, 01 May 2031 00:0/);
    expect(isOfMachine(await dateFor("local"))).toBe(true);
  });
});
