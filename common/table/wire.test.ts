import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putItems } from "#common/aws/dynamodb.ts";
import type { AwsServer } from "#common/testing/aws-server.ts";
import { startAwsServer } from "#common/testing/aws-server.ts";
import { putWireItems } from "./bulk-put.ts";
import { wireItem, wirePlainItem } from "./wire.ts";

let server: AwsServer;
beforeAll(async () => {
  server = await startAwsServer();
  Object.assign(process.env, server.environment);
});
afterAll(() => server.stop());

const bytes = fc.uint8Array({ maxLength: 20 });
const number = fc.integer().map(String);
const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }).map((S): AttributeValue => ({ S })),
    number.map((N): AttributeValue => ({ N })),
    bytes.map((B): AttributeValue => ({ B })),
    fc.boolean().map((BOOL): AttributeValue => ({ BOOL })),
    fc.constant<AttributeValue>({ NULL: true }),
    fc.array(fc.string(), { minLength: 1 }).map((SS): AttributeValue => ({ SS })),
    fc.array(number, { minLength: 1 }).map((NS): AttributeValue => ({ NS })),
    fc.array(bytes, { minLength: 1 }).map((BS): AttributeValue => ({ BS })),
    fc.array(tie("value")).map((L): AttributeValue => ({ L })),
    fc.dictionary(fc.string(), tie("value")).map((M): AttributeValue => ({ M })),
  ),
})).value;
const item = fc.dictionary(fc.string({ minLength: 1 }), value, { minKeys: 1 });

const bodies = () => server.callsOf("BatchWriteItem").map(({ input }) => input);

describe("items written as DynamoDB's JSON", () => {
  it("are what the SDK sends", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 30 }), async (items) => {
        server.answerWith({ BatchWriteItem: () => ({ UnprocessedItems: {} }) });
        await putItems("table", items);
        const sent = bodies();
        server.answerWith({ BatchWriteItem: () => ({ UnprocessedItems: {} }) });
        await putWireItems("table", items.map(wireItem));

        expect(bodies()).toEqual(sent);
      }),
      { numRuns: 50 },
    );
  });

  it("plain items are written as those with kinds are", () => {
    expect(wirePlainItem({ pk: 'a"', number: -1.5, bytes: new Uint8Array([1, 2]) })).toBe(
      wireItem({ pk: { S: 'a"' }, number: { N: "-1.5" }, bytes: { B: new Uint8Array([1, 2]) } }),
    );
  });

  it("that are left unprocessed are sent again, and those that stay so are answered", async () => {
    const items = Array.from({ length: 30 }, (_, index) =>
      wirePlainItem({ pk: String(index), bytes: new Uint8Array([index]) }),
    );
    const stubborn = items[7] ?? "";
    server.answerWith({
      BatchWriteItem: ({ RequestItems }) => {
        const { table } = RequestItems as { table: { PutRequest: { Item: { pk: { S: string } } } }[] };
        return {
          UnprocessedItems: { table: table.filter(({ PutRequest }) => PutRequest.Item.pk.S === "7") },
        };
      },
    });

    const refused = await putWireItems("table", items);

    expect(refused).toEqual([
      { item: stubborn, code: "Unprocessed", reason: expect.any(String), retry: true },
    ]);
    expect(server.callsOf("BatchWriteItem").length).toBeGreaterThan(3);
  });

  it("have the length and the checksum of their own body", async () => {
    server.answerWith({ BatchWriteItem: () => ({ UnprocessedItems: {} }) });

    await putWireItems("table", [wirePlainItem({ pk: "é😀" })]);

    const [call] = server.callsOf("BatchWriteItem");
    expect(call?.headers["content-length"]).toBe(String(Buffer.byteLength(JSON.stringify(call?.input))));
  });
});
