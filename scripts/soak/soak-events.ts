import { toAppError } from "#common/errors/app-error.ts";
import { appendToChain } from "#common/events/append/append.ts";
import { makePersistEvents } from "#common/events/append/persist-events.ts";
import type { Block, PlacedEvent } from "#common/events/chain/block.ts";
import { blockFromItem } from "#common/events/chain/block-item.ts";
import { allChains } from "#common/events/chain/chain-of.ts";
import type { EventMessage } from "#common/events/event.ts";
import { blocksFrom, chainPartition, timePartitions } from "#common/events/keys.ts";
import { derivedItems, derivedRuns } from "#common/events/lists/derived-items.ts";
import { readEvents } from "#common/events/lists/read-events.ts";
import { entriesOf } from "#common/events/lists/run.ts";
import { type EventsMessage, eventsOf, queueBodies } from "#common/events/queue/queue-bodies.ts";
import { type ChainVerdict, verifyChain } from "#common/events/verify/verify-chain.ts";
import { verifyOrganization } from "#common/events/verify/verify-organization.ts";
import { verifyEventItems, verifyRows } from "#common/events/verify/verify-readable.ts";
import { queryPages } from "#common/table/table.ts";
import { faultyTable } from "#common/table/testing/faulty-table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { randomFrom } from "#common/testing/random.ts";

export type SoakOptions = {
  events: number;
  /** Share of all calls that fail; a tenth of it is the share of invocations that are killed. */
  chaos: number;
  seed?: number;
  onProgress?: (line: string) => void;
};

export type SoakResult = {
  faults: string[];
  events: number;
  repeated: number;
  conflicts: number;
  invocations: number;
  killed: number;
  lostCalls: number;
};

type QueueMessage = { messageId: string; body: string; received: number };

const ORGANIZATIONS = ["north", "south", "west"];
const WAVE = 50_000;
const INVOCATIONS_AT_ONCE = 8;
const BATCH = 10;
const MAX_RECEIVE_COUNT = 10;

const makeEvent = (number: number): EventMessage => ({
  organizationId: ORGANIZATIONS[number % ORGANIZATIONS.length] ?? "",
  eventId: `event-${number}`,
  customerId: `customer-${(number * 7_919) % 5_000}`,
  type: `transaction.${number % 8}`,
  description: `Transaction of ${number % 1_000}.00 at the branch in street ${number % 77}`,
  date: new Date(Date.UTC(2025, 0, 1) + number * 10).toISOString(),
  ...(number % 3 === 0 ? { actor: `agent-${number % 50}` } : {}),
  ...(number % 5 === 0 ? { detail: { amount: `${number % 1_000}.00`, branch: number % 77 } } : {}),
  recordedAt: new Date(Date.UTC(2025, 0, 1) + number * 10 + 5).toISOString(),
  salt: Buffer.from(String(number).padStart(16, "0")).toString("base64url"),
});

/** A wave of new events; some are posted twice, and some ids a second time with another content. */
const makeWave = (first: number, count: number, random: () => number) => {
  const events = Array.from({ length: count }, (_, index) => makeEvent(first + index));
  const repeated = events
    .filter(() => random() < 0.02)
    .map((event) => ({ ...event, salt: "BBBBBBBBBBBBBBBBBBBBBB" }));
  const conflicting = events.filter(() => random() < 0.005).map((event) => ({ ...event, type: "another" }));
  return { events, repeated, conflicting };
};

/** Bodies of one event or many, and a few of them twice: the queue delivers at least once. */
const makeQueue = (events: readonly EventMessage[], random: () => number): QueueMessage[] => {
  const queue: QueueMessage[] = [];
  for (let start = 0; start < events.length; ) {
    const size = random() < 0.7 ? 1 : 1 + Math.floor(random() * 100);
    for (const body of queueBodies(events.slice(start, start + size))) {
      const copies = random() < 0.05 ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1)
        queue.push({ messageId: `${events[start]?.organizationId}-${start}-${copy}`, body, received: 0 });
    }
    start += size;
  }
  return queue;
};

const shuffle = <T>(values: T[], random: () => number): T[] => {
  for (let index = values.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [values[index], values[other]] = [values[other] as T, values[index] as T];
  }
  return values;
};

/** Takes what follows from the new blocks out again, so that memory holds one wave; answers how many items. */
const forgetDerived = async (
  store: MemoryTable,
  from: readonly ChainVerdict[],
  organizationId: string,
): Promise<void> => {
  for (const { chain, end } of from) {
    const pk = chainPartition(organizationId, chain);
    for await (const items of queryPages(store, { pk, ...blocksFrom(end.number + 1) })) {
      for (const item of items) {
        for (const derived of derivedItems(blockFromItem(organizationId, chain, item)))
          store.tamper(derived, () => undefined);
      }
    }
  }
};

/**
 * Brings events through the persister while calls fail and invocations die, and checks wave by wave
 * that each is readable once, in its own item and in the lists, that the bus has it, that what
 * contradicts became a dead letter, and that the chains are whole.
 */
export const soakEvents = async ({
  events: total,
  chaos,
  seed = 1,
  onProgress = () => {},
}: SoakOptions): Promise<SoakResult> => {
  const random = randomFrom(seed);
  const store = memoryTable();
  const result: SoakResult = {
    faults: [],
    events: 0,
    repeated: 0,
    conflicts: 0,
    invocations: 0,
    killed: 0,
    lostCalls: 0,
  };
  const fault = (text: string) => void (result.faults.length < 100 && result.faults.push(text));
  const verified = new Map<string, ChainVerdict[]>();
  const startedAt = performance.now();

  const invoke = async (batch: readonly QueueMessage[], announced: Set<string>) => {
    let callsLeft = random() < chaos / 10 ? Math.floor(random() * 60) : Number.POSITIVE_INFINITY;
    const isDead = () => {
      callsLeft -= 1;
      return callsLeft < 0;
    };
    const seen = faultyTable(store, { share: chaos, random, isDead });
    const persist = makePersistEvents({
      append: (organizationId, chain, messages) =>
        appendToChain(
          {
            store: seen,
            announce: async (_, placed) => {
              if (isDead()) throw new Error("the invocation was killed");
              for (const { eventId } of placed) announced.add(eventId);
              if (random() < chaos ** 4) throw new Error("the bus did not answer");
            },
          },
          organizationId,
          chain,
          messages,
        ),
    });
    const messages = batch.map(({ messageId, body }) => ({
      messageId,
      body: JSON.parse(body) as EventsMessage,
    }));
    const failures = await persist(messages);
    result.invocations += 1;
    if (isDead()) {
      result.killed += 1;
      // An invocation that was killed has acknowledged nothing.
      return { again: new Set(batch.map(({ messageId }) => messageId)), dead: [] };
    }
    const known = failures.map(({ messageId, error, bodies = [] }) => ({
      messageId,
      error: toAppError(error),
      bodies,
    }));
    const again = new Set(known.filter(({ error }) => error.retry).map(({ messageId }) => messageId));
    result.lostCalls += again.size;
    return { again, dead: known.filter(({ error }) => !error.retry) };
  };

  const runWave = async (first: number, count: number) => {
    const { events, repeated, conflicting } = makeWave(first, count, random);
    const queue = shuffle(
      makeQueue(shuffle([...events, ...repeated, ...conflicting], random), random),
      random,
    );
    const announced = new Set<string>();
    const deadEvents = new Map<string, string[]>();

    const work = async () => {
      for (let batch = queue.splice(0, BATCH); batch.length > 0; batch = queue.splice(0, BATCH)) {
        const { again, dead } = await invoke(batch, announced);
        for (const { error, bodies } of dead) {
          for (const body of bodies) {
            for (const event of eventsOf(JSON.parse(body))) {
              deadEvents.set(event.eventId, [
                ...(deadEvents.get(event.eventId) ?? []),
                `${error.code} ${event.type}`,
              ]);
            }
          }
        }
        for (const message of batch.filter(({ messageId }) => again.has(messageId))) {
          message.received += 1;
          if (message.received >= MAX_RECEIVE_COUNT) fault(`message ${message.messageId} was given up`);
          else queue.splice(Math.floor(random() * (queue.length + 1)), 0, message);
        }
      }
    };
    await Promise.all(Array.from({ length: INVOCATIONS_AT_ONCE }, work));

    result.events += events.length;
    result.repeated += repeated.length;
    result.conflicts += conflicting.length;
    const others = new Map(conflicting.map((event) => [event.eventId, event]));
    for (const organizationId of ORGANIZATIONS) {
      const own = events.filter((event) => event.organizationId === organizationId);
      const found = await readEvents(
        store,
        organizationId,
        own.map(({ eventId }) => eventId),
      );
      for (const event of own) {
        const stored = found.get(event.eventId)?.event;
        const other = others.get(event.eventId);
        if (!stored) fault(`${event.eventId} is not readable`);
        else if (stored.type !== event.type && stored.type !== other?.type)
          fault(`${event.eventId} has become another`);
        if (!announced.has(event.eventId)) fault(`${event.eventId} was not announced`);
        const refused = new Set(deadEvents.get(event.eventId));
        const wanted = other
          ? `EVENT_ID_CONFLICT ${stored?.type === other.type ? event.type : other.type}`
          : undefined;
        if (refused.size !== (wanted ? 1 : 0) || (wanted && !refused.has(wanted)))
          fault(`${event.eventId}: dead letters ${[...refused]}`);
      }
      const listed = new Set<string>();
      let entries = 0;
      for (const pk of timePartitions(organizationId)) {
        for await (const items of queryPages(store, { pk })) {
          for (const { eventId } of items.flatMap(entriesOf)) {
            listed.add(eventId);
            entries += 1;
          }
        }
      }
      if (entries !== own.length || listed.size !== own.length)
        fault(`${organizationId} lists ${entries} of ${own.length}`);
      const before = verified.get(organizationId) ?? [];
      const checkReadable = async (block: Block, events: readonly PlacedEvent[]) =>
        (await verifyEventItems(store, block, events)) ??
        (await verifyRows(store, block, derivedRuns(block, events)));
      const now = await Promise.all(
        allChains().map((chain, index) => {
          const from = before[index]?.end;
          return verifyChain(store, organizationId, chain, { checkReadable, ...(from ? { from } : {}) });
        }),
      );
      for (const { fault: broken } of now) if (broken) fault(`${organizationId}: ${JSON.stringify(broken)}`);
      verified.set(organizationId, now);
      await forgetDerived(
        store,
        before.length > 0
          ? before
          : allChains().map((chain) => ({
              chain,
              checked: 0,
              end: { number: 0, sequence: 0, hash: "" },
              complete: true,
            })),
        organizationId,
      );
    }
    const left = store.items().filter(({ pk }) => !pk.includes("#chain#"));
    if (left.length > 0) fault(`${left.length} items follow from no block, the first ${left[0]?.pk}`);
  };

  for (let first = 0; first < total && result.faults.length === 0; first += WAVE) {
    await runWave(first, Math.min(WAVE, total - first));
    const seconds = (performance.now() - startedAt) / 1000;
    const heap = process.memoryUsage().heapUsed / 1_048_576;
    onProgress(
      `${result.events} events after ${seconds.toFixed(0)} s: ${result.invocations} invocations, ${result.killed} killed, ${result.lostCalls} messages sent back, ${heap.toFixed(0)} MB`,
    );
  }
  let checked = 0;
  for (const organizationId of ORGANIZATIONS) {
    const verdict = await verifyOrganization(store, organizationId);
    checked += verdict.checked;
    if (!verdict.valid) fault(`${organizationId}: ${JSON.stringify(verdict.brokenAt)}`);
  }
  if (checked !== result.events) fault(`the chains hold ${checked} of ${result.events} events`);
  onProgress(
    `${checked} events stand in the chains, ${result.conflicts} contradicted another and were refused`,
  );
  return result;
};
