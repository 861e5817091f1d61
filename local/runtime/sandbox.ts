import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import type { Invocation } from "../seams.ts";
import { ANSWER_BYTES_MAX, type Failure, failures } from "./failures.ts";
import { heapLimits, watchMemory } from "./memory-watch.ts";

export type SandboxOptions = {
  /** The bundle's `handler.cjs`. */
  file: string;
  environment: Readonly<Record<string, string>>;
  memoryMb: number;
  timeoutSeconds: number;
  /** The parts of Lambda's context object that do not change. */
  context: Readonly<Record<string, string>>;
  /** How far the platform's clock is ahead of the machine's. */
  ahead: Clock["ahead"];
  onOutput(text: Buffer): void;
};

export type Job = { requestId: string; event: string };

/** One worker thread with one function's bundle in it: an execution environment of Lambda. */
export type Sandbox = {
  /** Resolves when the handler is loaded, with the failure if it could not be loaded. */
  started: Promise<Failure | undefined>;
  /** One at a time. After a failure that ended the thread, `alive` is false. */
  run(job: Job): Promise<Invocation>;
  alive(): boolean;
  /** Ends the thread now, whatever it does. */
  kill(): Promise<void>;
};

/** Lambda's limit on loading a function. */
const START_MAX_SECONDS = 10;

type Message =
  | { type: "ready" }
  | { type: "answered"; payload: string }
  | { type: "failed" | "died"; error: { errorType: string; errorMessage: string; trace: string[] } };

type Waiting = { requestId: string; settle(outcome: Invocation | undefined): void };

const SCRIPT = new URL("./worker.cjs", import.meta.url);

// Lambda sets X-Ray's header even when nothing is traced.
const traceHeader = (): string => {
  // Node keeps random bytes for UUIDs in stock; asking for bytes costs several times as much.
  const [trace = "", parent = ""] = [randomUUID(), randomUUID()].map((id) => id.replaceAll("-", ""));
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${trace.slice(0, 24)};Parent=${parent.slice(0, 16)};Sampled=0`;
};

export const startSandbox = (options: SandboxOptions): Sandbox => {
  const worker = new Worker(SCRIPT, {
    workerData: { file: options.file, context: options.context, ahead: options.ahead },
    env: { ...options.environment },
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: heapLimits(options.memoryMb),
  });
  let alive = true;
  let waiting: Waiting | undefined;
  let killedBy: ((requestId: string) => Failure) | undefined;

  const settle = (outcome: Invocation | undefined): void => {
    const current = waiting;
    waiting = undefined;
    current?.settle(outcome);
  };

  const end = (failureOf: (requestId: string) => Failure): void => {
    alive = false;
    if (waiting !== undefined) settle(failureOf(waiting.requestId));
  };

  const kill = async (failureOf: (requestId: string) => Failure): Promise<void> => {
    killedBy ??= failureOf;
    end(killedBy);
    await worker.terminate();
  };

  /** Waits for the thread's next message; a thread that sends none in time is ended. */
  const next = (requestId: string, seconds: number): Promise<Invocation | undefined> =>
    new Promise((done) => {
      const timer = setTimeout(() => void kill((id) => failures.timedOut(id, seconds)), seconds * 1000);
      const unwatch = watchMemory(worker, options.memoryMb, () => void kill(failures.killed));
      waiting = {
        requestId,
        settle: (outcome) => {
          clearTimeout(timer);
          unwatch();
          done(outcome);
        },
      };
    });

  worker.stdout.on("data", options.onOutput);
  worker.stderr.on("data", options.onOutput);
  worker.on("message", (message: Message) => {
    switch (message.type) {
      case "ready":
        return settle(undefined);
      case "answered":
        return settle(
          Buffer.byteLength(message.payload) > ANSWER_BYTES_MAX
            ? failures.answerTooLarge()
            : { outcome: "answered", payload: JSON.parse(message.payload) },
        );
      case "failed":
        return settle(failures.thrown(message.error));
      case "died":
        return end(() => failures.thrown(message.error));
    }
  });
  worker.on("error", (error: Error & { code?: string }) =>
    end((id) =>
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? failures.killed(id)
        : failures.thrown({ errorType: error.name, errorMessage: error.message }),
    ),
  );
  worker.on("exit", (code) => end(killedBy ?? ((id) => failures.exited(id, code))));

  const started = next("init", START_MAX_SECONDS).then((outcome) =>
    outcome?.outcome === "failed" ? outcome : undefined,
  );

  return {
    started,
    run: async (job) => {
      if (!alive) return failures.killed(job.requestId);
      const deadline = Date.now() + options.timeoutSeconds * 1000;
      const outcome = next(job.requestId, options.timeoutSeconds);
      worker.postMessage({ ...job, deadline, traceId: traceHeader() });
      return (await outcome) ?? failures.killed(job.requestId);
    },
    alive: () => alive,
    kill: () => kill(failures.killed),
  };
};
