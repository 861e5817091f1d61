// One of the servers that bench/platform.bench.ts compares, in a process of its own: prints its port, and at
// every line on stdin the CPU milliseconds it has used so far.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import fastify from "fastify";
import { loadDeclarations } from "../common/manifest/load.ts";
import { localDeployment } from "../local/deployment.ts";
import { listenFrontDoor } from "../local/gateway/front-door.ts";
import { loadGatewayResponses } from "../local/gateway/gateway-responses.ts";
import { createRestApi } from "../local/gateway/rest-api.ts";

const functionsFolder = join(resolve(import.meta.dirname, ".."), "functions");
const BODY = JSON.stringify({ items: [], cursor: null });

const startNode = (): Promise<number> =>
  new Promise((listening) => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.writeHead(200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(BODY),
        });
        response.end(BODY);
      });
    });
    server.listen(0, "127.0.0.1", () => listening((server.address() as AddressInfo).port));
  });

/** What is used of fastify's reply. */
type Reply = { type(name: string): { send(body: string): unknown } };

const startFastify = async (): Promise<number> => {
  const app = fastify();
  app.get("/data", async (_request: unknown, reply: Reply) => reply.type("application/json").send(BODY));
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as AddressInfo).port;
};

/** The front door with its routes, events, cached authorizer, usage plans; only the functions are stubs. */
const startFrontDoor = async (): Promise<number> => {
  const declarations = loadDeclarations(functionsFolder);
  const responses = loadGatewayResponses(functionsFolder);
  const door = await listenFrontDoor(0, responses);
  const policy = {
    principalId: "alice",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: ["*"] }],
    },
    context: { userId: "alice", organizationId: "demo", roles: "data.read", expiresAt: "4102444800" },
    usageIdentifierKey: "millrace-local-organization--default",
  };
  const answered = {
    outcome: "answered" as const,
    payload: { statusCode: 200, headers: { "content-type": "application/json" }, body: BODY },
  };
  door.open(
    createRestApi({
      declarations,
      deployment: localDeployment("http://localhost:4566"),
      invoker: {
        invoke: async (name) =>
          name === "platform-authorizer" ? { outcome: "answered", payload: policy } : answered,
      },
      responses,
      port: door.port,
    }),
  );
  return door.port;
};

const servers: Record<string, () => Promise<number>> = {
  node: startNode,
  fastify: startFastify,
  millrace: startFrontDoor,
};
const start = servers[process.argv[2] ?? ""];
if (!start) throw new Error("which server?");
process.stdout.write(`${await start()}\n`);
process.stdin.on("data", () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${(user + system) / 1000}\n`);
});
process.stdin.on("end", () => process.exit(0));
