// A worker of the benchmark `csv`: reads the part of a file that it is sent.
import { parentPort } from "node:worker_threads";
import { type Part, readPart } from "./csv-ours.ts";

parentPort?.once("message", async ({ from, to, part }: { from: string; to: string; part: Part }) => {
  parentPort?.postMessage(await readPart(from, to, part));
});
