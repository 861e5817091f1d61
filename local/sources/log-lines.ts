import { randomInt } from "node:crypto";
import { gzipSync } from "node:zlib";
import { loggedBy } from "#common/manifest/downstream.ts";
import type { Manifest } from "#common/manifest/manifest.ts";
import { type Deployment, resourceName } from "#common/manifest/names.ts";
import type { AsynchronousFunction } from "./asynchronous.ts";
import type { SourceOptions } from "./source.ts";

/** CloudWatch gathers lines for some seconds, too long for one machine. */
const GATHER_MS = 100;

export type LoggedLine = { id: string; timestamp: number; message: string };

/** The event of a subscription of a log group. */
export const logLinesEvent = (
  deployment: Deployment,
  functionName: string,
  logEvents: readonly LoggedLine[],
) => {
  const name = resourceName(deployment, functionName);
  const data = {
    messageType: "DATA_MESSAGE",
    owner: deployment.accountId,
    logGroup: `/aws/lambda/${name}`,
    logStream: "local",
    subscriptionFilters: [`${name}-log-lines`],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
};

/** As the subscription's filter pattern in Terraform says it: the line that closes an invocation. */
const closesInvocation = (text: string): boolean => {
  if (!text.includes('"durationMs"')) return false;
  try {
    const { durationMs } = JSON.parse(text) as { durationMs?: unknown };
    return typeof durationMs === "number" && durationMs >= 0;
  } catch {
    return false;
  }
};

/** 56 digits, in the order in which lines came. */
const lineId = (timestamp: number): string =>
  `${String(timestamp).padStart(20, "3")}${Array.from({ length: 4 }, () => String(randomInt(1e9)).padStart(9, "0")).join("")}`;

export type LogSubscription = {
  /** Gets what a function printed, in pieces of any size. */
  write(functionName: string, text: string): void;
  /** Hands over what was gathered; resolves when it is stored. */
  close(): Promise<void>;
};

/** The subscription of a function to the closing lines of others: gathered, and invoked asynchronously. */
export const subscribeToLogs = (
  {
    declarations,
    deployment,
    clock,
    log,
  }: Pick<SourceOptions, "declarations" | "deployment" | "clock" | "log">,
  manifest: Manifest,
  target: AsynchronousFunction,
): LogSubscription => {
  const subscribed = new Set(loggedBy(declarations, manifest));
  const unfinished = new Map<string, string>();
  let gathered = new Map<string, LoggedLine[]>();
  let timer: NodeJS.Timeout | undefined;
  let handing = Promise.resolve();

  const hand = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const groups = gathered;
    gathered = new Map();
    handing = handing.then(async () => {
      for (const [name, lines] of groups) {
        await target
          .accept(logLinesEvent(deployment, name, lines))
          .catch((error: unknown) => log(`log lines of ${name} were lost`, error));
      }
    });
    return handing;
  };

  return {
    write: (name, text) => {
      if (!subscribed.has(name)) return;
      const lines = ((unfinished.get(name) ?? "") + text).split("\n");
      unfinished.set(name, lines.pop() ?? "");
      const timestamp = clock.now();
      for (const message of lines) {
        if (!closesInvocation(message)) continue;
        const ofFunction = gathered.get(name) ?? [];
        gathered.set(name, [...ofFunction, { id: lineId(timestamp), timestamp, message }]);
        timer ??= setTimeout(() => void hand(), GATHER_MS);
      }
    },
    close: hand,
  };
};
