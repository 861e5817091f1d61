// A delivery stream that takes every record, in a thread of its own: what it does is not measured.
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";

const id = "a".repeat(56);

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { Records } = JSON.parse(Buffer.concat(chunks));
    const answer = { FailedPutCount: 0, RequestResponses: Records.map(() => ({ RecordId: id })) };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "1" });
    response.end(JSON.stringify(answer));
  });
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
