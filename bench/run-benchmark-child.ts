// Runs one benchmark and sends its rows to the process that started it.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Row } from "./row.ts";

const [name] = process.argv.slice(2);
const file = pathToFileURL(resolve(import.meta.dirname, `${name}.bench.ts`)).href;
const { run } = (await import(file)) as { run: () => Promise<Row[]> };
const rows = await run();
// What a benchmark leaves behind, a kept connection for example, must not keep the whole run waiting.
process.send?.(rows, () => process.exit());
