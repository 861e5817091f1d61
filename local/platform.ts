import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Declarations } from "#common/manifest/manifest.ts";
import { visibilitySecondsOf } from "#common/manifest/visibility.ts";
import { passesFilter } from "./aws/matching/filter-policy.ts";
import { matchesPattern } from "./aws/matching/pattern.ts";
import { StartError } from "./aws/port/errors.ts";
import { permissionsFrom } from "./aws/port/permissions.ts";
import { startAwsPort } from "./aws/port/port.ts";
import type { LocalStreams } from "./aws/port/provision.ts";
import { type Clock, makeClock } from "./clock.ts";
import { shareClock } from "./clock-file.ts";
import { localDeployment } from "./deployment.ts";
import { type FrontDoor, listenFrontDoor, type Site } from "./gateway/front-door.ts";
import { loadGatewayResponses } from "./gateway/gateway-responses.ts";
import { createRestApi } from "./gateway/rest-api.ts";
import { routesOf } from "./gateway/routes.ts";
import type { UsagePlans } from "./gateway/usage-plans.ts";
import { openIssuer, type TokenRequest } from "./issuer/issuer.ts";
import { issuerSite } from "./issuer/site.ts";
import { openLogs } from "./runtime/logs.ts";
import { createRuntime, type Runtime } from "./runtime/runtime.ts";
import type { AwsPort, Chaos, Invoker, PortListeners } from "./seams.ts";
import { callsRoute } from "./seen/calls-route.ts";
import { chaosRoute } from "./seen/chaos-route.ts";
import { clockRoute } from "./seen/clock-route.ts";
import { ownSite } from "./seen/own-site.ts";
import { settingsOf } from "./settings.ts";
import { LOCAL_PACE, paceOf } from "./sources/pace.ts";
import { type Sources, startSources } from "./sources/sources.ts";
import { emptyFolder, lockFolder } from "./start/folder-lock.ts";
import { welcomeSite } from "./welcome/site.ts";

export type PlatformOptions = {
  functionsFolder: string;
  /** What the build wrote: `<function>/handler.cjs`. */
  bundlesFolder: string;
  dataFolder: string;
  /** Empties the data folder first; the issuer's keys stay. */
  fresh?: boolean;
  /** 0 takes a free one. */
  port: number;
  awsPort: number;
  /** Values of settings that replace the local ones. */
  settings?: Readonly<Record<string, string>>;
  /** Where a setting stands under its name, that value wins over all others. */
  environment?: NodeJS.ProcessEnv;
  /** Shortens waits; 1 is AWS's own pace. */
  pace?: number;
  chaos?: Partial<Chaos>;
  /** Gets what the functions print, line by line. */
  echo?: (line: string) => void;
  usagePlans?: UsagePlans;
  authorizerCacheSeconds?: number;
  integrationTimeoutMs?: number;
  /** Sandboxes of one function side by side. */
  concurrencyMax?: number;
};

export type Platform = {
  /** `http://localhost:4000` */
  url: string;
  port: number;
  awsUrl: string;
  awsPort: number;
  declarations: Declarations;
  /** `share` may be set while it runs. */
  chaos: Chaos;
  invoker: Invoker;
  queues: AwsPort["queues"];
  deliveryStreams: AwsPort["deliveryStreams"];
  /** A signed token that the platform takes. */
  token(request: TokenRequest): Promise<string>;
  /** Runs the function's present bundle from the next invocation on. */
  swap(functionName: string): void;
  /** Kills an invocation of the function half-way; false if none runs. */
  kill(functionName: string): boolean;
  /** Finishes what runs, for at most four seconds, and ends everything. */
  stop(): Promise<void>;
};

const CONCURRENCY_MAX = 10;
/** Stopping takes less than five seconds in all. */
const DRAIN_MS = 3500;

const openDoor = async (port: number, functionsFolder: string, clock: Clock): Promise<FrontDoor> => {
  try {
    return await listenFrontDoor(port, loadGatewayResponses(functionsFolder), clock);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new StartError(
        `Port ${port} is in use: stop what listens there, or start with --port ${port === 65_535 ? 4000 : port + 1}.`,
      );
    }
    if (code === "EACCES") {
      throw new StartError(`Port ${port} may not be opened by this user: start with --port 4000.`);
    }
    throw error;
  }
};

const checkBundles = ({ manifests }: Declarations, bundlesFolder: string): void => {
  const missing = manifests.find(({ name }) => !existsSync(join(bundlesFolder, name, "handler.cjs")));
  if (missing) {
    throw new StartError(`${bundlesFolder} has no bundle of ${missing.name}: run npm run build.`);
  }
};

/** AWS gathers for minutes, too long for one machine. */
const STREAM_BUFFER_MS = 1_500;
const STREAM_TRANSFORM_MS = 200;

const localStreams = (
  { resources }: Declarations,
  settings: Readonly<Record<string, string>>,
  stream: string,
): LocalStreams => ({
  count: Number(settings[resources.streams[stream]?.countSetting ?? ""] ?? 1),
  bufferMs: STREAM_BUFFER_MS,
  transformMs: STREAM_TRANSFORM_MS,
});

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => (signal.aborted ? done() : signal.addEventListener("abort", () => done())));

const unwired = (): never => {
  throw new Error("the event sources are not wired yet");
};

/** Brings up the AWS port, the functions, their event sources and the front door on this machine. */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const dataFolder = resolve(options.dataFolder);
  const bundlesFolder = resolve(options.bundlesFolder);
  const declarations = loadDeclarations(options.functionsFolder);
  checkBundles(declarations, bundlesFolder);
  const chaos: Chaos = { share: 0, random: Math.random, ...options.chaos };
  const pace = paceOf(options.pace ?? LOCAL_PACE);
  const clock = makeClock();
  const concurrencyMax = options.concurrencyMax ?? CONCURRENCY_MAX;
  const secrets = new Map(declarations.manifests.map(({ name }) => [name, randomBytes(20).toString("hex")]));

  /** Undone in reverse when a later step fails, or at the end. */
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };

  try {
    closers.push(lockFolder(dataFolder));
    if (options.fresh) emptyFolder(dataFolder);
    closers.push(shareClock(clock, dataFolder));
    let onOutput: Sources["onOutput"] = () => {};
    const logs = openLogs(join(dataFolder, "logs"), {
      echo: options.echo,
      onOutput: (name, text) => onOutput(name, text),
    });
    closers.push(logs.close);
    const log = (message: string, details: unknown): void => {
      const text = details instanceof Error ? (details.stack ?? details.message) : JSON.stringify(details);
      void appendFile(join(dataFolder, "platform.log"), `${new Date().toISOString()} ${message} ${text}\n`);
    };

    const door = await openDoor(options.port, options.functionsFolder, clock);
    closers.push(() => door.close(AbortSignal.abort()));
    const url = `http://localhost:${door.port}`;
    const settings = settingsOf(declarations, door.port, options.settings, options.environment);
    const issuer = await openIssuer({
      folder: dataFolder,
      now: clock.now,
      origin: settings.TOKEN_ISSUER,
      audience: settings.TOKEN_AUDIENCE.split(",")[0]?.trim(),
    });

    // The port may call its listeners from its start on; nothing happens before the sources are wired.
    let listeners: PortListeners = {
      onTopicMessage: unwired,
      onBucketChange: unwired,
      onBusEvent: unwired,
    };
    const unbound = localDeployment(`http://localhost:${options.awsPort}`);
    const aws = await startAwsPort({
      port: options.awsPort,
      dataFolder,
      declarations,
      deployment: unbound,
      permissions: permissionsFrom(declarations, unbound),
      listeners: {
        onTopicMessage: (topic, message, attributes) => listeners.onTopicMessage(topic, message, attributes),
        onBucketChange: (change) => listeners.onBucketChange(change),
        onBusEvent: (bus, event) => listeners.onBusEvent(bus, event),
      },
      chaos,
      clock,
      visibilitySecondsOf: (queue) => visibilitySecondsOf(declarations, queue),
      streamSettingsOf: (stream) => localStreams(declarations, settings, stream),
      secretOf: (name) => secrets.get(name),
      log,
    });
    closers.push(aws.close);
    const deployment = localDeployment(aws.url);

    const runtime: Runtime = createRuntime({
      declarations,
      deployment,
      settings,
      bundlesFolder,
      awsUrl: aws.url,
      secretOf: (name) => secrets.get(name) ?? "",
      logs,
      chaos,
      clock,
      concurrencyMax,
    });
    closers.push(() => runtime.stop(AbortSignal.abort()));

    const draining = new AbortController();
    const sources: Sources = startSources(
      {
        declarations,
        deployment,
        invoker: runtime,
        queues: aws.queues,
        streams: aws.streams,
        deliveryStreams: aws.deliveryStreams,
        streamCountOf: (stream) => localStreams(declarations, settings, stream).count,
        pace,
        clock,
        concurrencyMax,
        signal: draining.signal,
        log,
      },
      { matchesPattern, passesFilter },
    );
    listeners = sources.listeners;
    onOutput = sources.onOutput;

    const responses = loadGatewayResponses(options.functionsFolder);
    const sites: Site[] = [
      welcomeSite({
        url,
        awsUrl: aws.url,
        version: settings.RELEASE_VERSION,
        dataFolder,
        routes: routesOf(declarations),
      }),
      issuerSite(issuer, url),
      ownSite(responses, [callsRoute(aws.calls), chaosRoute(chaos), clockRoute(clock)]),
    ];
    const { usagePlans, authorizerCacheSeconds, integrationTimeoutMs } = options;
    door.open(
      createRestApi({
        declarations,
        deployment,
        invoker: runtime,
        responses,
        port: door.port,
        now: clock.now,
        ...(usagePlans === undefined ? {} : { usagePlans }),
        ...(authorizerCacheSeconds === undefined ? {} : { authorizerCacheSeconds }),
        ...(integrationTimeoutMs === undefined ? {} : { integrationTimeoutMs }),
      }),
      sites,
    );

    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      chaos.share = 0;
      const deadline = AbortSignal.timeout(DRAIN_MS);
      await door.close(deadline);
      draining.abort();
      // Invocations that take longer are ended, and their messages return to the queue.
      await Promise.race([sources.finished, aborted(deadline)]);
      await runtime.stop(deadline);
      await sources.finished;
      await close();
    };

    return {
      url,
      port: door.port,
      awsUrl: aws.url,
      awsPort: aws.port,
      declarations,
      chaos,
      invoker: runtime,
      queues: aws.queues,
      deliveryStreams: aws.deliveryStreams,
      token: issuer.sign,
      swap: runtime.swap,
      kill: runtime.kill,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};
