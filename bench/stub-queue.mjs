// An SQS that takes every message. A worker thread, so that its work is not counted with the sender's.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";

const md5 = (text) => createHash("md5").update(text).digest("hex");

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const { Entries } = JSON.parse(Buffer.concat(parts).toString("utf8"));
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: md5(MessageBody),
    }));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
});

server.listen(0, "127.0.0.1", () => parentPort?.postMessage({ port: server.address().port }));
