// Does one side of the benchmark `csv` in a process of its own, and prints what it took.
import { Worker } from "node:worker_threads";
import type { CsvCheckpoint } from "../common/csv/reader.ts";
import type { Part } from "./csv-ours.ts";
import { SIDES } from "./csv-sides.ts";
import { checkpointInTheMiddle } from "./csv-split.ts";

const [side = "", from = "", to = "", worker = ""] = process.argv.slice(2);

const startWorker = () => {
  const started = new Worker(worker);
  return (task: { from: string; to: string; part: Part }): Promise<CsvCheckpoint | undefined> =>
    new Promise((done, failed) => {
      started.on("message", done).on("error", failed);
      started.postMessage(task);
    });
};

/** Two workers, each with one half; the second's rows count only if the first came to where it began. */
const twoWorkers = async (): Promise<void> => {
  const [first, second] = [startWorker(), startWorker()];
  const middle = checkpointInTheMiddle(from);
  const rest = { start: middle.offset, end: Number.POSITIVE_INFINITY, checkpoint: middle };
  const [reached] = await Promise.all([
    first({ from, to, part: { start: 0, end: middle.offset } }),
    second({ from, to: `${to}.2`, part: rest }),
  ]);
  if (reached?.offset !== middle.offset || reached.line !== middle.line) throw new Error("cut inside a row");
};

const wallStart = performance.now();
const cpuStart = process.cpuUsage();
if (side === "two workers") await twoWorkers();
else await SIDES[side as keyof typeof SIDES](from, to);
const { user, system } = process.cpuUsage(cpuStart);
const measured = {
  cpuMs: (user + system) / 1000,
  wallMs: performance.now() - wallStart,
};
console.log(JSON.stringify(measured));
process.exit();
