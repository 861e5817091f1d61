import { log, loggable } from "#common/telemetry/log.ts";

export type Dependency = { name: string; ask: () => Promise<unknown> };

export type Asked = { name: string; status: "ok" | "failed"; milliseconds: number };

/** Longest wait for one dependency: the route has to answer while something hangs. */
const WAIT_MS = 3_000;

const within = async (promise: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** Asks all side by side. The answer names one that fails; the reason goes to the log only. */
export const makeAskDependencies =
  (dependencies: Dependency[], waitMs = WAIT_MS) =>
  async (): Promise<{ status: "ok" | "failed"; dependencies: Asked[] }> => {
    const asked = await Promise.all(
      dependencies.map(async ({ name, ask }): Promise<Asked> => {
        const startedAt = performance.now();
        const status = await within(Promise.resolve().then(ask), waitMs).then(
          () => "ok" as const,
          (error: unknown) => {
            log("error", "dependency failed", { resourceName: name, error: loggable(error) });
            return "failed" as const;
          },
        );
        return { name, status, milliseconds: Math.round(performance.now() - startedAt) };
      }),
    );
    return { status: asked.every(({ status }) => status === "ok") ? "ok" : "failed", dependencies: asked };
  };
