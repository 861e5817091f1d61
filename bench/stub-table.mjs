// A DynamoDB that says yes: takes BatchWriteItem, answers that nothing is left, and can say what it took.
// A worker thread, so that its work is not counted with the writers'.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";

let keeping = false;
let taken = [];

const canonical = (value) =>
  JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([name]) => !name.startsWith("__edb"))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );

const keep = (body) => {
  for (const puts of Object.values(JSON.parse(body).RequestItems)) {
    for (const { PutRequest } of puts) taken.push(canonical(PutRequest.Item));
  }
};

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    if (keeping) keep(Buffer.concat(parts).toString("utf8"));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": 23 });
    response.end('{"UnprocessedItems":{}}');
  });
});

parentPort?.on("message", (message) => {
  if (message === "keep") {
    keeping = true;
    taken = [];
  } else if (message === "digest") {
    keeping = false;
    parentPort?.postMessage({
      count: taken.length,
      digest: createHash("sha256").update(taken.sort().join("\n")).digest("hex"),
    });
  }
});

server.listen(0, "127.0.0.1", () => parentPort?.postMessage({ port: server.address().port }));
