// A DynamoDB that keeps items by their keys and asks nothing: BatchGetItem, BatchWriteItem and TransactWriteItems;
// a query finds nothing. A worker thread, so that its work is not counted with that of the loaders.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";

const items = new Map();
const keyOf = ({ pk, sk }) => `${pk.S}\n${sk.S}`;

const put = (item) => items.set(keyOf(item), JSON.stringify(item));

const answers = {
  BatchGetItem: ({ RequestItems }) => {
    const [[table, { Keys }]] = Object.entries(RequestItems);
    const found = Keys.flatMap((key) => items.get(keyOf(key)) ?? []);
    return `{"Responses":{${JSON.stringify(table)}:[${found.join()}]},"UnprocessedKeys":{}}`;
  },
  BatchWriteItem: ({ RequestItems }) => {
    for (const { PutRequest } of Object.values(RequestItems).flat()) put(PutRequest.Item);
    return '{"UnprocessedItems":{}}';
  },
  TransactWriteItems: ({ TransactItems }) => {
    for (const { Put, Delete } of TransactItems) {
      if (Put) put(Put.Item);
      if (Delete) items.delete(keyOf(Delete.Key));
    }
    return "{}";
  },
  Query: () => '{"Items":[],"Count":0}',
};

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const operation = request.headers["x-amz-target"].split(".")[1];
    const body = Buffer.from(answers[operation](JSON.parse(Buffer.concat(parts).toString("utf8"))));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": body.length });
    response.end(body);
  });
});

const canonical = (text) =>
  JSON.stringify(JSON.parse(text), (_, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

parentPort?.on("message", (message) => {
  if (message === "forget") items.clear();
  const digest = () =>
    createHash("sha256")
      .update([...items.values()].map(canonical).sort().join("\n"))
      .digest("hex");
  parentPort?.postMessage({ count: items.size, digest: message === "digest" ? digest() : "" });
});

server.listen(0, "127.0.0.1", () => parentPort?.postMessage({ port: server.address().port }));
