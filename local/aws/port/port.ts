import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Declarations } from "#common/manifest/manifest.ts";
import type { Deployment } from "#common/manifest/names.ts";
import { type Clock, makeClock, movedDate } from "../../clock.ts";
import type { AwsPort, Chaos, Permissions, PortListeners } from "../../seams.ts";
import { openAthena } from "../athena/context.ts";
import { makeAthena } from "../athena/service.ts";
import { openDynamoDb } from "../dynamodb/service.ts";
import { openEventBridge } from "../eventbridge/service.ts";
import { openFirehose } from "../firehose/service.ts";
import { makeGlue } from "../glue/service.ts";
import { openKms } from "../kms/service.ts";
import { openS3 } from "../s3/service.ts";
import { openSns } from "../sns/service.ts";
import { openQueues } from "../sqs/queues.ts";
import { makeSqs } from "../sqs/service.ts";
import { loadReaderRoles } from "../sts/reader-roles.ts";
import { makeSts } from "../sts/service.ts";
import { makeSessions } from "../sts/sessions.ts";
import { arnsOf } from "./arn.ts";
import { makeCallCounts } from "./call-counts.ts";
import { makeDispatch } from "./dispatch.ts";
import { AwsError, DroppedConnection, StartError } from "./errors.ts";
import type { Input } from "./input.ts";
import { OPERATOR } from "./permissions.ts";
import { type ProvisionOptions, provision } from "./provision.ts";
import type { Answer, Call, Service } from "./service.ts";

export type AwsPortOptions = ProvisionOptions & {
  /** 0 takes a free one. */
  port: number;
  /** Everything that is kept lies here. */
  dataFolder: string;
  declarations: Declarations;
  deployment: Deployment;
  permissions: Permissions;
  listeners: PortListeners;
  chaos: Chaos;
  /** Secret access key of a function; undefined: its signatures are not checked. The operator's is `local`. */
  secretOf?: (accessKeyId: string) => string | undefined;
  clock?: Clock;
  log: (message: string, details?: Record<string, unknown>) => void;
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const sentences: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use, so the local AWS endpoint cannot start: stop what listens there, or choose another port with AWS_PORT=${port + 1}.`,
        EACCES: `Port ${port} may not be opened by this user: choose one above 1023 with AWS_PORT.`,
      };
      reject(
        new StartError(sentences[error.code ?? ""] ?? `Port ${port} cannot be opened: ${error.message}.`),
      );
    });
    server.listen({ port, host: "127.0.0.1" }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });

const send = async (response: ServerResponse, { status, headers, body }: Answer) => {
  if (body instanceof Readable) {
    response.writeHead(status, headers);
    await pipeline(body, response);
    return;
  }
  const bytes = body === undefined ? 0 : Buffer.byteLength(body);
  response.writeHead(status, { "content-length": bytes, ...headers });
  response.end(body);
};

/** A call from within, by the operator: for making what is declared. */
const innerCall = (origin: string): Call => ({
  method: "POST",
  url: "/",
  headers: {},
  requestId: "local",
  accessKeyId: OPERATOR,
  units: { read: 0, write: 0 },
  origin,
  signal: new AbortController().signal,
  authorize: () => {},
  may: () => true,
});

/** Starts the one HTTP port behind which every AWS service of the platform is emulated. */
export const startAwsPort = async (options: AwsPortOptions): Promise<AwsPort> => {
  const { dataFolder, deployment, declarations, permissions, listeners, chaos, log, secretOf } = options;
  const clock = options.clock ?? makeClock();
  const { now } = clock;
  const arns = arnsOf(deployment);
  const services: Service[] = [];
  const logFailure = (error: unknown, call: string) =>
    log("aws call failed", { call, error: error instanceof Error ? error.stack : String(error) });
  let stopListening = () => {};
  const closeServices = async () => {
    stopListening();
    for (const service of services.toReversed()) await service.close?.();
  };

  // By the machine's clock, which is never set back.
  const calls = makeCallCounts();
  const running = new Set<AbortController>();
  let closing = false;
  // A call that comes while the stores are still opening waits for them.
  const ready = Promise.withResolvers<ReturnType<typeof makeDispatch>>();
  ready.promise.catch(() => {});

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const controller = new AbortController();
    running.add(controller);
    // An abort creates an exception with its stack, so it is made only when the caller really hung up.
    response.once("close", () => {
      if (!response.writableFinished) controller.abort();
    });
    try {
      const dispatch = await ready.promise;
      if (closing) throw new DroppedConnection();
      await send(response, await dispatch(request, () => controller.signal));
    } catch (error) {
      if (!(error instanceof DroppedConnection) && !controller.signal.aborted) {
        log("aws answer failed", { error: error instanceof Error ? error.stack : String(error) });
      }
      request.socket.destroy();
    } finally {
      running.delete(controller);
    }
  };
  const server = createServer(
    { keepAliveTimeout: 60_000 },
    (request, response) => void answer(request, response),
  );

  try {
    // The port is opened first, because another platform with the same data would hold both the port and the
    // stores.
    const port = await listen(server, options.port);
    const url = `http://localhost:${port}`;

    const queues = openQueues(join(dataFolder, "queues.sqlite"), arns, logFailure, now);
    stopListening = clock.onMove(queues.clockMoved);
    services.push(makeSqs(queues, now));
    const tables = await openDynamoDb(join(dataFolder, "tables"), arns, logFailure, now);
    services.push(tables.service);
    const keys = openKms(join(dataFolder, "keys.sqlite"), arns, now);
    const sessions = makeSessions(loadReaderRoles(declarations.folder), deployment, now);
    services.push(keys.service, makeSts(arns, sessions));

    const parts = { arns, queues: queues.contract, listeners, log: logFailure, now };
    const buckets = openS3(join(dataFolder, "buckets"), arns, listeners, now);
    const call = innerCall(url);
    const streams = openFirehose({
      ...parts,
      file: join(dataFolder, "streams.sqlite"),
      putFile: buckets.putFile(call),
    });
    const topics = openSns({ ...parts, putRecord: streams.put, file: join(dataFolder, "topics.sqlite") });
    const buses = openEventBridge({ ...parts, file: join(dataFolder, "buses.sqlite") });
    // Closed in reverse: what writes into buckets ends before them, and what puts on streams before those.
    services.push(buckets.service, streams.service, topics.service, buses.service);
    const athena = openAthena({
      dataFolder,
      arns,
      deployment,
      workgroups: Object.keys(declarations.resources.athena ?? {}),
      buckets: buckets.files,
      now,
      log: logFailure,
    });
    services.push(makeAthena(athena), makeGlue(arns, deployment));

    await provision(declarations, deployment, arns, options, {
      call: async (name, operation, input: Input) => {
        const service = services.find((one) => one.name === name);
        const run = service?.kind === "operations" ? service.operations[operation] : undefined;
        if (!run) throw new AwsError("UnknownOperationException", `${name} ${operation}`);
        return run(input, call);
      },
      queues,
      ensureKey: keys.ensure,
      ensureTopic: topics.ensureTopic,
      ensureSubscription: topics.ensureSubscription,
      ensureStream: streams.ensure,
      ensureBus: buses.ensureBus,
      ensureBucket: buckets.ensureBucket,
    });

    const dispatch = makeDispatch(services, {
      arns,
      permissions: sessions.extend(permissions),
      chaos,
      secretOf: (accessKeyId) =>
        accessKeyId === OPERATOR
          ? OPERATOR
          : (sessions.find(accessKeyId)?.secretAccessKey ?? secretOf?.(accessKeyId)),
      now,
      calls,
      log: logFailure,
      movedDate: () => movedDate(clock),
    });
    ready.resolve(dispatch);

    return {
      url,
      port,
      queues: queues.contract,
      streams: tables.streams,
      deliveryStreams: streams.contract,
      calls,
      close: async () => {
        closing = true;
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        // Long polls end now with an empty answer; other calls are awaited.
        for (const controller of running) controller.abort();
        const deadline = Date.now() + 3_000;
        while (running.size > 0 && Date.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 5));
        server.closeAllConnections();
        await closed;
        await closeServices();
      },
    };
  } catch (error) {
    ready.reject(new DroppedConnection());
    server.close();
    server.closeAllConnections();
    await closeServices().catch(() => {});
    throw error;
  }
};
