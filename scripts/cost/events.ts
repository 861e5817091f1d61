import type { Manifest } from "#common/manifest/manifest.ts";
import type { Line } from "./idle.ts";
import { atSize, dollars, type Measured, type PriceList } from "./prices.ts";

const EVENTS = 1_000_000;
const QUEUE_CHUNK_BYTES = 64 * 1024;
/** Messages of one batch that a busy queue hands to the persister. */
const MESSAGES_A_BATCH = 10;
/** Memory with which a function has one whole processor; below it has a share. */
const WHOLE_CPU_MB = 1769;
/** An event's own item and three for the lists. */
const NAIVE_ITEMS = 4;

export type EventsDeps = {
  prices: PriceList;
  measured: Measured;
  manifests: readonly Pick<Manifest, "name" | "memoryMb">[];
};

const memoryOf = (manifests: EventsDeps["manifests"], name: string): number => {
  const manifest = manifests.find((each) => each.name === name);
  if (manifest === undefined) throw new Error(`There is no function ${name}.`);
  return manifest.memoryMb;
};

/** Dollars of so many invocations: CPU takes longer where the memory buys a part of a processor only. */
const functionCost = (
  { prices, manifests }: EventsDeps,
  name: string,
  invocations: number,
  { cpuMs, waitMs }: { cpuMs: number; waitMs: number },
): number => {
  const memoryMb = memoryOf(manifests, name);
  const seconds = (waitMs + cpuMs * Math.max(1, WHOLE_CPU_MB / memoryMb)) / 1_000;
  return (
    dollars(prices, "lambdaRequest", invocations) +
    dollars(prices, "lambdaGbSecond", invocations * seconds * (memoryMb / 1024))
  );
};

/** Costs that both ways share: the way in, the bus, traces, and the logs of so many lines. */
const frontCost = (deps: EventsDeps, requests: number, lines: number): Line[] => {
  const { prices, measured } = deps;
  const { accessLogBytes, tracedShare } = measured.assumed;
  const logBytes = requests * accessLogBytes + lines * measured.logLineBytes;
  return [
    { what: "API", usd: dollars(prices, "apiRequest", requests) },
    { what: "firewall", usd: dollars(prices, "firewallRequest", requests) },
    { what: "bus", usd: dollars(prices, "busEvent", EVENTS) },
    { what: "traces", usd: dollars(prices, "trace", requests * tracedShare) },
    { what: "logs", usd: dollars(prices, "logGigabyte", logBytes / 1e9) },
  ];
};

const chunks = (bytes: number): number => Math.ceil(bytes / QUEUE_CHUNK_BYTES);

/** Dollars for a million events in requests of `size` events each, until they are stored and announced. */
export const eventsCost = (deps: EventsDeps, size: number): Line[] => {
  const { prices, measured } = deps;
  const requests = EVENTS / size;
  const batches = requests / MESSAGES_A_BATCH;
  const batchEvents = size * MESSAGES_A_BATCH;
  const units = atSize(measured.writeUnitsPerEvent, batchEvents);
  const messageBytes = size * measured.eventBytes;
  const persisterCpuMs =
    batchEvents *
    (1_000 / measured.chainedEventsPerCpuSecond + (units * 1_000) / measured.itemsPutPerCpuSecond);
  return [
    ...frontCost(deps, requests, requests + batches),
    {
      what: "recorder",
      usd: functionCost(deps, "events-recorder", requests, {
        cpuMs: atSize(measured.recorderCpuMs, size),
        waitMs: measured.assumed.recorderWaitMs,
      }),
    },
    {
      what: "queue",
      usd: dollars(
        prices,
        "queueRequest",
        requests * chunks(messageBytes) + batches * chunks(messageBytes * MESSAGES_A_BATCH) + batches,
      ),
    },
    {
      what: "persister",
      usd: functionCost(deps, "events-persister", batches, {
        cpuMs: persisterCpuMs,
        waitMs: measured.assumed.persisterWaitMs,
      }),
    },
    {
      what: "table",
      usd:
        dollars(prices, "writeUnit", EVENTS * units) +
        dollars(prices, "readUnit", EVENTS * measured.readUnitsPerEvent),
    },
  ];
};

/**
 * The same requests, but a message and an invocation for each event, and a put for each item. The recorder is given the
 * same CPU, though it would send more messages: that is in the naive way's favour, and so is that it keeps no chains.
 */
export const naiveEventsCost = (deps: EventsDeps, size: number): Line[] => {
  const { prices, measured } = deps;
  const requests = EVENTS / size;
  return [
    ...frontCost(deps, requests, requests + EVENTS),
    {
      what: "recorder",
      usd: functionCost(deps, "events-recorder", requests, {
        cpuMs: atSize(measured.recorderCpuMs, size),
        waitMs: measured.assumed.recorderWaitMs,
      }),
    },
    { what: "queue", usd: dollars(prices, "queueRequest", EVENTS * 3) },
    {
      what: "persister",
      usd: functionCost(deps, "events-persister", EVENTS, {
        cpuMs:
          1_000 / measured.chainedEventsPerCpuSecond +
          (NAIVE_ITEMS * 1_000) / measured.itemsPutPerCpuSecondNaive,
        waitMs: measured.assumed.naivePersisterWaitMs,
      }),
    },
    {
      what: "table",
      usd:
        dollars(prices, "writeUnit", EVENTS * NAIVE_ITEMS) +
        dollars(prices, "readUnit", EVENTS * measured.readUnitsPerEvent),
    },
  ];
};
