// Publishes changes again: `npm run replay-changes -- --user u1 --from 5`.

import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { sharedNow } from "#local/clock-file.ts";
import { LOCAL_ISSUER, openIssuer } from "#local/issuer/issuer.ts";
import { type Given, printHelp, readOptions, refuse } from "./options.ts";

const POLL_MS = 500;
const TOKEN_SECONDS = 12 * 60 * 60;

type Replay = { id: string; state: string; users: number | null; usersDone: number; events: number };

/** Starts a replay and follows it to its end; the exit code is 1 unless it succeeded. */
export const replayChanges = async (
  values: Given<"replay-changes">["values"],
  print: (line: string) => void,
): Promise<number> => {
  const { user, all, from, lane, rate, as, organization, url } = values;
  const { data = join(import.meta.dirname, "..", ".millrace") } = values;
  const issuer = await openIssuer({ folder: data, origin: LOCAL_ISSUER, now: () => sharedNow(data) });
  const token = await issuer.sign({
    sub: "replay-changes",
    roles: ["admin"],
    ttlSeconds: TOKEN_SECONDS,
    organizationId: organization,
  });
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    // What the platform's own routes answer.
    return JSON.parse(text) as T;
  };
  const { id } = await ask<Pick<Replay, "id">>("POST", "/changes/replays", {
    userId: user,
    ...(all ? { all } : {}),
    fromWriteCounter: from,
    lane,
    ratePerSecond: rate,
    as,
  });
  let shown = "";
  for (;;) {
    const { state, users, usersDone, events } = await ask<Replay>("GET", `/changes/replays/${id}`);
    const line = `${state}: ${usersDone} of ${users ?? "?"} users, ${events} events`;
    if (line !== shown) print(line);
    shown = line;
    if (state !== "running") return state === "succeeded" ? 0 : 1;
    await setTimeout(POLL_MS);
  }
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("replay-changes", argv)) return;
  const { values, faults } = readOptions("replay-changes", argv);
  if (values.all === (values.user !== undefined)) faults.push("Say either --user ID or --all.");
  if (faults.length > 0) return refuse(faults);
  try {
    process.exitCode = await replayChanges(values, (line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
};

if (import.meta.main) await main();
