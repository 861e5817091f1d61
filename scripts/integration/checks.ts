// Checks of a deployment from outside. They write only what belongs to the caller, and leave it behind.
import type { Check, Context } from "./asking.ts";
import { changesChecks } from "./changes-checks.ts";
import { dataChecks } from "./data-checks.ts";
import { eventsChecks } from "./events-checks.ts";
import { importsChecks } from "./imports-checks.ts";
import { logsQueriesChecks } from "./logs-queries-checks.ts";
import { smokeChecks } from "./smoke-checks.ts";
import { transactionsChecks } from "./transactions-checks.ts";

export { smokeChecks };

/** By service: the first word of its functions' names. */
export const CHECKS_OF: Readonly<Record<string, readonly Check[]>> = {
  platform: smokeChecks,
  changes: changesChecks,
  data: dataChecks,
  events: eventsChecks,
  imports: importsChecks,
  logs: logsQueriesChecks,
  transactions: transactionsChecks,
};

export const integrationChecks: readonly Check[] = Object.values(CHECKS_OF).flat();

export type Outcome = { passed: number; failed: number; skipped: number };

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** One line for each check, and the sum. Checks run one after another: their lines stay in order. */
export const runChecks = async (
  checks: readonly Check[],
  context: Context,
  print: (line: string) => void,
): Promise<Outcome> => {
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, needs, run } of checks) {
    if (needs !== undefined && context[needs] === undefined) {
      outcome.skipped += 1;
      print(`skipped  ${name}: there is no second token`);
      continue;
    }
    const start = performance.now();
    try {
      await run(context);
      outcome.passed += 1;
      print(`passed   ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      outcome.failed += 1;
      print(`FAILED   ${name}: ${reasonOf(error)}`);
    }
  }
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : "";
  print(`${outcome.passed} passed, ${outcome.failed} failed${skipped}`);
  return outcome;
};
