import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inParallel } from "#common/async/in-parallel.ts";
import { wait } from "#common/async/wait.ts";
import { eventually } from "#common/testing/eventually.ts";
import { type System, startSystem } from "#local/testing/system.ts";
import { countLake, type LakeCount, waitingErrors } from "./log-lake.ts";
import { BATCH, idOf, isAnswered, isBad, logSender, organizationOf, STREAMS } from "./send-logs.ts";

export type SoakLogsOptions = {
  messages: number;
  /** Share of AWS calls and invocations that fail. */
  chaos: number;
  /** How long the streams refuse everything, once. */
  throttleMs: number;
  onProgress: (line: string) => void;
};

const SENDERS = 6;
const KILL_MS = 700;
const DRAIN_MS = 3_600_000;
const STREAM_NAMES = ["millrace-local-logs", "millrace-local-logs-1"];

/** Kills the functions on the way again and again until it is stopped; answers how often one was hit. */
const killer = ({ platform }: System) => {
  let kills = 0;
  let rounds = 0;
  const names = ["logs-transformer", "logs-transformer", "logs-late-writer", "logs-rescuer"];
  const timer = setInterval(() => {
    rounds += 1;
    if (platform.kill(names[rounds % names.length] ?? "logs-transformer")) kills += 1;
  }, KILL_MS);
  return () => {
    clearInterval(timer);
    return kills;
  };
};

/** What is on its way: in the streams, on the queues, under `errors/`. */
const underWay = ({ platform }: System, dataFolder: string): number => {
  const streams = STREAM_NAMES.map((name) => platform.deliveryStreams.depth(name));
  const late = platform.queues.depth("millrace-local-logs-late");
  return (
    streams.reduce((sum, { waiting, buffered }) => sum + waiting + buffered, 0) +
    late.visible +
    late.inFlight +
    late.delayed +
    waitingErrors(dataFolder).length
  );
};

/** Does what the runbook says of `logs-rescuer-dead`: hands the objects that wait to the function again. */
const rescueAgain = async ({ platform }: System, dataFolder: string): Promise<void> => {
  for (const key of waitingErrors(dataFolder)) {
    const record = { eventTime: new Date().toISOString(), s3: { object: { key } } };
    await platform.invoker.invoke("logs-rescuer", { Records: [record] });
  }
};

/** The refused records that the queue holds, each message's id once; repeats of a rescue are the same message. */
const rejectedIds = async ({ platform }: System): Promise<Set<string>> => {
  const ids = new Set<string>();
  for (;;) {
    const taken = await platform.queues.receive("millrace-local-logs-rejected", { max: 10, waitMs: 0 });
    if (taken.length === 0) return ids;
    for (const { body } of taken) {
      const { raw = "{}" } = JSON.parse(body) as { raw?: string };
      const { organizationID, id } = JSON.parse(raw) as { organizationID: string; id: string };
      ids.add(`${organizationID}/${id}`);
    }
    await platform.queues.delete(
      "millrace-local-logs-rejected",
      taken.map(({ receiptHandle }) => receiptHandle),
    );
  }
};

/** What was sent and is in no place where it should be, and what is where it should not. */
const faultsOf = (messages: number, lake: LakeCount, rejected: ReadonlySet<string>): string[] => {
  const faults = lake.misfiled.map((key) => `${key} holds a line of another folder`);
  const ids = new Set(lake.ids.keys());
  for (let number = 0; number < messages; number += 1) {
    const id = `${organizationOf(number)}/${idOf(number)}`;
    if (isBad(number)) {
      if (ids.has(id)) faults.push(`${id} breaks the rules and lies in the lake`);
      if (!isAnswered(number) && !rejected.has(id)) faults.push(`${id} breaks the rules and was not kept`);
    } else if (!ids.has(id)) faults.push(`${id} is missing${rejected.has(id) ? ", and was rejected" : ""}`);
    ids.delete(id);
  }
  return [...faults, ...[...ids].map((id) => `${id} was never sent`)];
};

/**
 * Sends messages by every door of the whole local platform, while calls and invocations fail, functions are killed and
 * the streams refuse for a time; then looks for each in the lake.
 */
export const soakLogs = async ({
  messages,
  chaos,
  throttleMs,
  onProgress,
}: SoakLogsOptions): Promise<string[]> => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-soak-logs-"));
  const settings = { LOG_STREAMS: String(STREAMS) };
  const system = await startSystem({ dataFolder, settings, chaos: { share: chaos }, pace: 0.01 });
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(0);
  try {
    const send = await logSender(system);
    const stopKilling = killer(system);
    const throttle = (throttled: boolean) => {
      for (const name of STREAM_NAMES) system.platform.deliveryStreams.throttle(name, throttled);
    };
    let sent = 0;
    const starts = Array.from({ length: Math.ceil(messages / BATCH) }, (_, index) => index * BATCH);
    const throttled = wait(Math.min(2_000, throttleMs)).then(async () => {
      throttle(true);
      await wait(throttleMs);
      throttle(false);
    });
    await inParallel(starts, SENDERS, async (from) => {
      await send(from, Math.min(from + BATCH, messages));
      sent += BATCH;
      if (sent % Math.max(BATCH, Math.ceil(messages / 20 / BATCH) * BATCH) === 0)
        onProgress(`${sent} sent after ${seconds()} s`);
    });
    await throttled;
    const kills = stopKilling();
    system.platform.chaos.share = 0;
    onProgress(`all sent after ${seconds()} s, ${kills} kills; waiting for what is under way`);
    await eventually(
      async () => {
        await rescueAgain(system, dataFolder);
        return underWay(system, dataFolder);
      },
      (left) => left === 0,
      DRAIN_MS,
    );
    const lake = countLake(dataFolder);
    const rejected = await rejectedIds(system);
    const doubles = lake.lines - lake.ids.size;
    onProgress(
      `${lake.ids.size} ids in ${lake.lines} lines (${doubles} repeats), ${rejected.size} rejected after ${seconds()} s`,
    );
    const dead = system.platform.queues.depth("millrace-local-logs-late-dead").visible;
    return [
      ...faultsOf(messages, lake, rejected),
      ...(dead > 0 ? [`${dead} late lines are dead letters`] : []),
    ];
  } finally {
    await system.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
};
