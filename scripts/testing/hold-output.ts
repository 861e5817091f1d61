import { format } from "node:util";

/**
 * What tested code writes goes to the console of its test, and vitest prints that only when the test
 * fails. Powertools writes its log lines and metrics past the console, to the process's own streams; so
 * does a worker thread.
 */
const writeTo =
  (log: (text: string) => void): typeof process.stdout.write =>
  (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
    log((typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()).replace(/\n$/, ""));
    const written = typeof encoding === "function" ? encoding : callback;
    if (typeof written === "function") written();
    return true;
  };

process.stdout.write = writeTo((text) => console.log("%s", text));
process.stderr.write = writeTo((text) => console.error("%s", text));

// Node prints warnings past `process.stderr.write`, and where there is a listener it still does.
process.removeAllListeners("warning");
process.on("warning", (warning) => console.warn(format("%s", warning.stack ?? warning)));
