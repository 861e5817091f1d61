import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { restEvent } from "#common/testing/lambda-events.ts";
import { build } from "./build.ts";
import { runNode } from "./testing/run-node.ts";

type Segment = {
  name: string;
  id: string;
  parent_id?: string;
  trace_id: string;
  namespace?: string;
  annotations?: Record<string, unknown>;
  fault?: boolean;
  aws?: { operation?: string };
  subsegments?: Segment[];
};

const TRACE = "1-5759e988-bd862e3fe1be46a994272793";
const PARENT = "53995c3f42cd8ad8";

let folder: string;
let aws: AwsServer;
let daemon: Socket;
let datagrams: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-tracing-"));
  aws = await startAwsServer();
  daemon = createSocket("udp4", (message) => datagrams.push(message.toString()));
  await new Promise<void>((resolve) => daemon.bind(0, "127.0.0.1", resolve));
  await build({ functionsFolder: "functions", outFolder: folder });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  daemon.close();
  await aws.stop();
});
beforeEach(() => {
  datagrams = [];
  aws.answerWith({ Query: () => ({ Items: [] }) });
});

/** Every segment that arrived, with those inside of others under their parents' ids. */
const segments = (): Segment[] => {
  const flat = (segment: Segment): Segment[] => [
    segment,
    ...(segment.subsegments ?? []).flatMap((inner) => flat({ parent_id: segment.id, ...inner })),
  ];
  return datagrams.flatMap((datagram) => flat(JSON.parse(datagram.split("\n")[1] ?? "{}")));
};
const called = (name: string) => segments().find((segment) => segment.name === name);

/** Runs the built data-presenter twice in a process of its own, under one trace header. */
const run = (sampled: 0 | 1, before = "") => {
  const event = JSON.stringify(restEvent({ route: "GET /data", query: { limit: "1" } }));
  const source = `
    import { createRequire } from "node:module";
    const require = createRequire(${JSON.stringify(join(folder, "data-presenter/handler.cjs"))});
    const { handler } = require("./handler.cjs");
    const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 10_000 };
    const answer = await handler(${event}, context);
    ${before}
    await handler(${event}, context);
    // The segments leave the socket before the process ends.
    setTimeout(() => report({
      status: answer.statusCode,
      tracer: Object.keys(require.cache).some((file) => file.endsWith("tracer.cjs")),
    }), 50);`;
  return runNode<{ status: number; tracer: boolean }>(source, {
    env: {
      ...aws.environment,
      _X_AMZN_TRACE_ID: `Root=${TRACE};Parent=${PARENT};Sampled=${sampled}`,
      _HANDLER: "handler.handler",
      LAMBDA_TASK_ROOT: join(folder, "data-presenter"),
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${(daemon.address() as AddressInfo).port}`,
      POWERTOOLS_SERVICE_NAME: "data-presenter",
      RECORDS_TABLE: "records",
      CURSORS_KEY_ID: "alias/cursors",
    },
  });
};

describe("a sampled invocation", () => {
  it("sends a segment of the handler under Lambda's own, and one of each AWS call below it", async () => {
    expect(await run(1)).toEqual({ status: 200, tracer: true });

    await expect.poll(() => segments().filter(({ name }) => name === "## handler.handler")).toHaveLength(2);
    const handler = called("## handler.handler");
    const calls = segments().filter(
      ({ name, parent_id }) => name === "DynamoDB" && parent_id === handler?.id,
    );
    expect(handler).toMatchObject({
      trace_id: TRACE,
      parent_id: PARENT,
      annotations: { ColdStart: true, Service: "data-presenter" },
    });
    expect(calls).toEqual([
      expect.objectContaining({ namespace: "aws", aws: expect.objectContaining({ operation: "Query" }) }),
    ]);
  });

  it("sends a segment of outgoing HTTP", async () => {
    const request = `
      const http = process.getBuiltinModule("http");
      await new Promise((resolve) => http.get(${JSON.stringify(`${aws.url}/page`)}, (answer) => answer.resume().on("end", resolve)));`;

    await run(1, request);

    await expect.poll(() => called("127.0.0.1")).toMatchObject({ namespace: "remote" });
  });
});

describe("the first sampled invocation of a warm function", () => {
  it("does not pass for a cold start", async () => {
    await run(
      0,
      "process.env._X_AMZN_TRACE_ID = process.env._X_AMZN_TRACE_ID.replace('Sampled=0', 'Sampled=1');",
    );

    await expect
      .poll(() => called("## handler.handler"))
      .toMatchObject({ annotations: { ColdStart: false } });
  });
});

describe("an invocation that is not sampled", () => {
  it("sends nothing and does not load the tracer", async () => {
    expect(await run(0)).toEqual({ status: 200, tracer: false });

    expect(datagrams).toEqual([]);
  });
});
