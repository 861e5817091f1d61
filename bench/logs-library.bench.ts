import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { Logger } from "@aws-lambda-powertools/logger";
import pino from "pino";
import { createRequestLog } from "../common/request-log/index.ts";
import { median, type Row } from "./row.ts";

const ROUNDS = 11;
const EVENTS = 20_000;
/** What a request puts: its log is made and ended for so many. */
const EVENTS_A_LOG = 10;
const TRANSACTION_ID = "4f9a4a31-7a5f-4b3c-8d1e-2f1b5a6c7d8e";

const detailOf = (number: number) => ({
  path: `/members/${number * 7919}`,
  method: "GET",
  status: 200,
  durationMs: number % 90,
});

/** What both sides must have written of an event. */
type Written = { action: string; description: string; type: string; detail: unknown };

/** Writes so many events; what was written is kept when it is asked for. */
type Write = (events: number, keep?: (written: Written) => void) => Promise<void>;

const ours: Write = async (events, keep) => {
  const requestLog = createRequestLog({
    maskKeys: ["pin"],
    publish: async (messages) => {
      if (!keep) return;
      for (const { body } of messages) for (const event of JSON.parse(body).events) keep(event);
    },
  });
  for (let number = 0; number < events; ) {
    const log = requestLog({
      logType: "web",
      organizationID: "demo",
      server: "dspweb",
      transactionId: TRANSACTION_ID,
    });
    for (const end = number + EVENTS_A_LOG; number < end; number += 1) {
      log.event("received request", "request received on web", { type: "request", detail: detailOf(number) });
    }
    await log.end();
  }
  assert(await requestLog.flush(60_000));
};

/** Pino to a file that takes everything, buffered, as its authors advise for speed. */
const byPino: Write = async (events, keep) => {
  const stream = keep
    ? new Writable({
        write: (chunk, _, done) => {
          const { msg, ...line } = JSON.parse(String(chunk));
          keep({ ...line, description: msg });
          done();
        },
      })
    : pino.destination({ dest: "/dev/null", sync: true, minLength: 4_096 });
  const root = pino({ base: { server: "dspweb" }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  for (let number = 0; number < events; ) {
    const log = root.child({ transactionId: TRANSACTION_ID });
    for (const end = number + EVENTS_A_LOG; number < end; number += 1) {
      const event = { action: "received request", type: "request", detail: detailOf(number) };
      log.info(event, "request received on web");
    }
  }
};

const byPowertools: Write = async (events, keep) => {
  const logger = new Logger({ serviceName: "dspweb" });
  const silent = (line: string) => {
    if (!keep) return;
    const { message, ...written } = JSON.parse(line);
    keep({ ...written, description: message });
  };
  const { info } = console;
  // In Lambda it writes to a console of its own; what the writing costs is not measured on any side.
  Object.assign(logger, { console: { ...console, info: silent } });
  console.info = silent;
  try {
    for (let number = 0; number < events; ) {
      const log = logger.createChild({ persistentKeys: { transactionId: TRANSACTION_ID } });
      Object.assign(log, { console: { ...console, info: silent } });
      for (const end = number + EVENTS_A_LOG; number < end; number += 1) {
        const event = { action: "received request", type: "request", detail: detailOf(number) };
        log.info("request received on web", event);
      }
    }
  } finally {
    console.info = info;
  }
};

const writtenBy = async (write: Write): Promise<Written[]> => {
  const all: Written[] = [];
  await write(50, ({ action, description, type, detail }) => all.push({ action, description, type, detail }));
  return all;
};

const microseconds = async (write: Write): Promise<number> => {
  const began = process.cpuUsage();
  await write(EVENTS);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / EVENTS;
};

/** CPU of an event in a request's log, masked and numbered, against a line of the libraries that its field uses. */
export const run = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  const mine = await writtenBy(ours);
  assert.equal(mine.length, 50);
  for (const [against, write, goal] of [
    ["a line of pino", byPino, "≤ 1"],
    ["a line of Powertools' logger", byPowertools, "≤ 0.5"],
  ] as const) {
    assert.deepEqual(mine, await writtenBy(write));
    const [one, other]: [number[], number[]] = [[], []];
    for (let round = -2; round < ROUNDS; round += 1) {
      const [first, second] = [await microseconds(ours), await microseconds(write)];
      if (round < 0) continue;
      one.push(first);
      other.push(second);
    }
    const ratio = median(one.map((time, round) => time / (other[round] ?? Number.NaN)));
    rows.push({
      what: "an event of the log library",
      against,
      unit: "µs",
      ours: median(one),
      theirs: median(other),
      ratio,
      goal,
    });
  }
  return rows;
};
