import type { ExecutionStatus, LakeEngine, ResultPage } from "../lake-engine.ts";

/** An engine whose executions stand as the test says; it keeps what was asked of it. */
export const fakeEngine = (next: () => ExecutionStatus, result: ResultPage = { columns: [], rows: [] }) => {
  const started: { sql: string; parameters: readonly string[]; token: string | undefined }[] = [];
  const stopped: string[] = [];
  const texts = new Map<string, Buffer>();
  const engine: LakeEngine = {
    start: async (sql, { parameters = [], token } = {}) => {
      started.push({ sql, parameters, token });
      return `execution-${started.length}`;
    },
    status: async () => next(),
    rows: async () => result,
    stop: async (executionId) => void stopped.push(executionId),
    keep: async (name, text) => void texts.set(name, Buffer.from(text)),
    kept: async (name, from, bytes) => texts.get(name)?.subarray(from, from + bytes),
  };
  return { engine, started, stopped, texts };
};
