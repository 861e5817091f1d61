// Reads a file, its rows so many times, in a process that has nothing else in it, and prints the most memory it took.
import { readPart } from "./csv-ours.ts";

const [from = "", times = "1"] = process.argv.slice(2);
await readPart(from, "/dev/null", { start: 0, end: Number.POSITIVE_INFINITY, times: Number(times) });
console.log(process.resourceUsage().maxRSS / 1024);
