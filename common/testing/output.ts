import { vi } from "vitest";

/** What the functions write: their log lines and metrics, held back from the terminal. */
export const captureOutput = () => {
  let written = "";
  const take = (chunk: unknown): boolean => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(take);
  vi.spyOn(process.stderr, "write").mockImplementation(take);
  const lines = (): Record<string, unknown>[] =>
    written
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  return {
    text: () => written,
    /** Log lines; metrics, which are lines as well, are left out. */
    lines: () => lines().filter((line) => !("_aws" in line)),
    metrics: () => lines().filter((line) => "_aws" in line),
    clear: () => {
      written = "";
    },
  };
};
