// Run in a fresh process: imports a bundle, maybe calls its handler once, and prints the milliseconds
// and the modules of Node that it loaded.
import { createRequire } from "node:module";

const [file, event] = process.argv.slice(2);
const startedAt = performance.now();
const { handler } = file.endsWith(".cjs") ? createRequire(import.meta.url)(file) : await import(file);
const importedAt = performance.now();
if (event) {
  const write = process.stdout.write;
  // The handler's log lines are not what is measured.
  process.stdout.write = () => true;
  console.log = () => {};
  await handler(JSON.parse(event), { awsRequestId: "bench", getRemainingTimeInMillis: () => 10_000 });
  process.stdout.write = write;
}
const calledAt = performance.now();
const loaded = process.moduleLoadList.filter((name) => /undici|http2/.test(name));
process.stdout.write(
  JSON.stringify({ importMs: importedAt - startedAt, totalMs: calledAt - startedAt, loaded: loaded.length }),
);
process.exit(0);
