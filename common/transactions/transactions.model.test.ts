import { afterAll, describe, expect, it, vi } from "vitest";
import { type Change, changedSources } from "#common/testing/changed-sources.ts";
import { runHistory } from "./testing/history.ts";
import { Broken } from "./testing/reader.ts";

const MUTANT_HISTORIES = 3_000;
const HISTORIES = Number(process.env.MODEL_HISTORIES ?? 300);
vi.setConfig({ testTimeout: 180_000 });

const at =
  (file: string) =>
  (from: string, to: string): Change => ({ file: `transactions/${file}`, from, to });
const row = at("rows/row.ts");
const matching = at("rows/match.ts");
const settling = at("rows/settle.ts");
const editing = at("changes/edit.ts");
const planning = at("changes/plan.ts");
const newest = at("accounts/newest.ts");
const walking = at("sync/walk.ts");
const leaving = at("sync/leave.ts");
const following = at("sync/follow.ts");
const paging = at("sync/page.ts");

/** Each is a way to build this that looks right and is not. */
const MUTANTS: Record<string, Change[]> = {
  "writing an account that another one wrote meanwhile": [planning("{ version: account.version })", "{})")],
  "reading the rows before their account": [
    at("loading/load.ts")(
      "const accounts = await readAccounts(table, organizationId, [...named.keys()], time);\n",
      "",
    ),
    at("loading/load.ts")(
      "return [...accounts.values()].map(",
      "const accounts = await readAccounts(table, organizationId, [...named.keys()], time);\n  return [...accounts.values()].map(",
    ),
  ],
  "never stamping a line that says nothing new": [row("isRepeated && !always &&", "isRepeated &&")],
  "not stamping a pending row that is listed again": [
    row("isRepeated && !always && isPosted(saying)", "isRepeated && !always"),
  ],
  "not having later imports say what they left unsaid": [
    row(
      "return below?.number === undone ? say(row, saying, { always: true }) : row;",
      "void undone; return row;",
    ),
  ],
  "having them say it only of what is pending": [
    row("below?.number === undone ?", "below?.number === undone && !isPosted(saying) ?"),
  ],
  "the later line wins, also a pending one": [
    row("Number(isPosted(one)) - Number(isPosted(other)) || comparePlaces", "comparePlaces"),
  ],
  "the older text wins": [row("other.at > one.at", "other.at < one.at")],
  "an edit goes with the row that it was made on": [
    settling("{ id: row.pair.id, ...taken.person }", "{ id: row.pair.id }"),
  ],
  "an edit is carried only where there is none": [
    row("one === undefined || (other !== undefined && other.at > one.at)", "one === undefined"),
  ],
  "an edit of a posted row is written on it alone": [
    editing("if (row.pair) {", 'if (row.pair?.id === "") {'),
  ],
  "a row that no import names goes with its edits": [
    row("row.said.length > 0 || isEdited(row)", "row.said.length > 0"),
  ],
  "taking what the very file lists": [matching(" && wasGone(posted, pending)", "")],
  "taking the newest pending row": [matching("free.findIndex(", "free.findLastIndex(")],
  "taking by the order of arrival": [
    matching("if (a !== b) return a < b ? -1 : 1;", "if (a !== b) return 0;"),
    matching("(one.transactionId < other.transactionId ? -1 : 1)", "0"),
  ],
  "matching only among the rows of the batch": [
    at("changes/neighbours.ts")("if (range === undefined) return [];", "if (range !== undefined) return [];"),
  ],
  "matching with the neighbours, but not with theirs": [
    at("changes/neighbours.ts")("      want(row);\n    }", "    }"),
  ],
  "a taken row stays taken": [settling("other === undefined && row.pair !== undefined", "other === null")],
  "the balance only moves on": [newest('isBeforeChanged ? "unknown" : before', "before")],
  "the balance of the last writer": [newest("compareNewest(candidate, before) >= 0", "true")],
  "the first currency stays": [
    planning("currency === undefined && balance === undefined", "account.version === 0"),
  ],
  "a walk begins at the first entry, after a base": [
    following(
      "{ base: folded, place: { part: 0, rows: 0 } }",
      "{ base: folded, place: { part: 0, rows: 1 } }",
    ),
  ],
  "what was read of a page counts, also what the page had no room for": [
    following(
      "if (!page.take(account.accountId, entry)) return { at };\n    at += 1;",
      "at += 1;\n    if (!page.take(account.accountId, entry)) return { at };",
    ),
  ],
  "the last entry of a transaction alone": [
    paging('const had = before?.had ?? entry.kind !== "added";', 'const had = entry.kind !== "added";'),
  ],
  "giving back the rows that stand now": [leaving('had.set(transactionId, kind !== "added");', "void kind;")],
  "giving back all rows in one page": [
    leaving(
      'if (wasHad && !page.take(account.accountId, { kind: "removed", transactionId })) {',
      'if (wasHad && !page.take(account.accountId, { kind: "removed", transactionId }) && said > "~") {',
    ),
  ],
  "reading the feed before the rows that are given back": [
    leaving("(await readAccount(table, account.organizationId, account.accountId)) ?? account", "account"),
  ],
  "forgetting what is given back when the account is given again": [
    walking(
      "const start = isOwned || known",
      'const start = isOwned && known && !("at" in known || "base" in known) ? undefined : isOwned || known',
    ),
  ],
  "another number when an account is given again": [
    at("owners/assign.ts")("known?.number ?? owner.next", "owner.next"),
  ],
  "a list entry that goes with the account": [
    at("owners/assign.ts")(
      "const left = { accountId, leftAt: time };",
      'const left = { accountId, ...(time === "" ? { leftAt: time } : {}) };',
    ),
  ],
};

type Run = (seed: number) => Promise<void>;

const firstBroken = async (run: Run, histories: number): Promise<string | undefined> => {
  for (let seed = 1; seed <= histories; seed += 1) {
    try {
      await run(seed);
    } catch (error) {
      if (!(error instanceof Broken || (error as Error).name === "Broken")) throw error;
      return `seed ${seed}: ${(error as Error).message}`;
    }
  }
  return undefined;
};

describe("files, edits, owners, nights, take-backs and readers, side by side", () => {
  it(`show what a plain model shows, in ${HISTORIES} histories`, async () => {
    expect(await firstBroken(runHistory, HISTORIES)).toBeUndefined();
  });
});

const sources = changedSources();
afterAll(sources.remove);

describe("the model finds what looks right and is not", () => {
  it.for(Object.entries(MUTANTS))("%s", async ([name, changes]) => {
    const { runHistory: changed } = await sources.load<{ runHistory: Run }>(
      "transactions/testing/history.ts",
      changes,
    );

    const found = await firstBroken(changed, MUTANT_HISTORIES);

    expect(found).toBeDefined();
    if (process.env.MODEL_VERBOSE) process.stdout.write(`${name}: ${found?.slice(0, 120)}\n`);
  });
});
