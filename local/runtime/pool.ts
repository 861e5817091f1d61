import type { Chaos, Invocation } from "../seams.ts";
import { failures } from "./failures.ts";
import type { Job, Sandbox } from "./sandbox.ts";

export type PoolOptions = {
  start(): Sandbox;
  /** Most sandboxes side by side. */
  concurrencyMax: number;
  /** A sandbox without work for this long is stopped: thirty of them cost a gigabyte. */
  idleMs: number;
  chaos: Chaos;
};

export type Pool = {
  invoke(job: Job): Promise<Invocation>;
  /** Existing sandboxes finish their invocation and stop; later invocations get new ones. */
  retire(): void;
  /** Ends one sandbox that is at work; false if none is. */
  killOne(): boolean;
  size(): number;
  /** Waits for what runs, then ends every sandbox; ends them at once when `signal` aborts. */
  stop(signal: AbortSignal): Promise<void>;
};

/**
 * A call that has waited this long gets another sandbox. Starting one costs as much as twenty ordinary
 * invocations, so that starting at once, as Lambda does, makes everything slower on two cores.
 */
const PATIENCE_MS = 100;

type Queued = Job & { since: number; answer(outcome: Invocation): void };
type Member = { sandbox: Sandbox; generation: number; idleTimer?: NodeJS.Timeout };

export const createPool = ({ start, concurrencyMax, idleMs, chaos }: PoolOptions): Pool => {
  const members = new Set<Member>();
  const idle: Member[] = [];
  const busy = new Set<Member>();
  const queue: Queued[] = [];
  let generation = 0;
  let starting = 0;
  let stopped = false;
  let patience: NodeJS.Timeout | undefined;
  let onQuiet: (() => void) | undefined;
  /** The duration of recent invocations in milliseconds, from which `kill` knows where half-way is. */
  let usualMs = 20;

  const drop = (member: Member): void => {
    clearTimeout(member.idleTimer);
    members.delete(member);
    const at = idle.indexOf(member);
    if (at >= 0) idle.splice(at, 1);
    void member.sandbox.kill();
  };

  const work = async (member: Member, { answer, requestId, event }: Queued): Promise<void> => {
    busy.add(member);
    const begun = performance.now();
    const fatal =
      chaos.random() < chaos.share
        ? setTimeout(() => void member.sandbox.kill(), chaos.random() * usualMs)
        : undefined;
    const outcome = await member.sandbox.run({ requestId, event });
    clearTimeout(fatal);
    busy.delete(member);
    usualMs = usualMs * 0.8 + (performance.now() - begun) * 0.2;
    answer(outcome);
    settle(member);
  };

  /** Gives a free sandbox its next work, keeps it idle, or stops it. */
  const settle = (member: Member): void => {
    if (!member.sandbox.alive() || member.generation !== generation || stopped) {
      drop(member);
      grow();
    } else {
      const next = queue.shift();
      if (next !== undefined) return void work(member, next);
      member.idleTimer = setTimeout(() => drop(member), idleMs);
      idle.push(member);
    }
    if (busy.size + queue.length + starting === 0) onQuiet?.();
  };

  const add = async (): Promise<void> => {
    starting += 1;
    const member: Member = { sandbox: start(), generation };
    members.add(member);
    const failure = await member.sandbox.started;
    starting -= 1;
    // Lambda answers the call that caused the start; the next call tries again.
    if (failure !== undefined) queue.shift()?.answer(failure);
    settle(member);
    grow();
  };

  const grow = (): void => {
    const [first] = queue;
    if (first === undefined || members.size >= concurrencyMax || starting > 0) return;
    if (members.size === 0) return void add();
    patience ??= setTimeout(
      () => {
        patience = undefined;
        const waited = performance.now() - (queue[0]?.since ?? Number.POSITIVE_INFINITY);
        if (waited >= PATIENCE_MS && members.size < concurrencyMax && starting === 0) void add();
        else grow();
      },
      Math.max(1, first.since + PATIENCE_MS - performance.now()),
    );
  };

  return {
    invoke: (job) =>
      new Promise((answer) => {
        if (stopped) return answer(failures.killed(job.requestId));
        const queued = { ...job, answer, since: performance.now() };
        for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
          clearTimeout(free.idleTimer);
          if (free.sandbox.alive()) return void work(free, queued);
          drop(free);
        }
        queue.push(queued);
        grow();
      }),
    retire: () => {
      generation += 1;
      for (const member of [...idle]) drop(member);
      grow();
    },
    killOne: () => {
      const [member] = busy;
      if (member === undefined) return false;
      void member.sandbox.kill();
      return true;
    },
    size: () => members.size,
    stop: async (signal) => {
      await new Promise<void>((done) => {
        if (busy.size + queue.length + starting === 0 || signal.aborted) return done();
        onQuiet = done;
        signal.addEventListener("abort", () => done(), { once: true });
      });
      stopped = true;
      clearTimeout(patience);
      for (const queued of queue.splice(0)) queued.answer(failures.killed(queued.requestId));
      for (const member of members) clearTimeout(member.idleTimer);
      await Promise.all([...members].map(({ sandbox }) => sandbox.kill()));
      members.clear();
    },
  };
};
