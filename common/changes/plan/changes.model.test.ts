import { afterAll, describe, expect, it } from "vitest";
import { type Change, changedSources } from "#common/testing/changed-sources.ts";
import { Broken, runModel } from "../testing/changes-model.ts";
import { documentedConsumer } from "../testing/consumer.ts";
import { type Flows, flows } from "../testing/model-flows.ts";

const HISTORIES = Number(process.env.MODEL_SCHEDULES ?? 800);
const MUTANT_HISTORIES = 8_000;

const STREAM = "changes/stream/stream-user.ts";
const ENVELOPES = "changes/plan/envelopes.ts";
const FRESH = "changes/plan/fresh-versions.ts";
const PLAN = "changes/plan/plan-changes.ts";

/** Each is a way to build this that looks right and is not. */
const MUTANTS: Record<string, Change[]> = {
  "planning from what is there now": [
    {
      file: FRESH,
      from: "return { versions: listing.slice(0, place).reverse(), isGone };",
      to: "return { versions: listing.slice(0, place).slice(0, 1), isGone };",
    },
  ],
  "the order of LastModified": [
    {
      file: "changes/stream/list-versions.ts",
      from: "else from = await nextOfOne(versions, markers);",
      to: "else from = nextOfOne === undefined ? versions : markers;",
    },
  ],
  "the last file alone, whatever the engine forgot": [
    { file: PLAN, from: "if (file.from <= state.streamed) break;", to: "break;" },
  ],
  "not reading the row again after listing": [
    { file: STREAM, from: "if (again.revision !== row.revision) return again;", to: "" },
  ],
  "saving before publishing": [
    {
      file: STREAM,
      from: "publish, keepClaim, keepBad",
      to: "publish: publishNow, keepClaim, keepBad",
    },
    {
      file: STREAM,
      from: "  const tell = async",
      to: `  const later: Outgoing[] = [];
           const publish = async (outgoing: Outgoing) => void later.push(outgoing);
           const tell = async`,
    },
    {
      file: STREAM,
      from: "return isSaved ?",
      to: "for (const one of later.splice(0)) await publishNow(one); return isSaved ?",
    },
  ],
  "several envelopes of a user in a call": [
    {
      file: STREAM,
      from: "  const tell = async",
      to: "  const all: Promise<void>[] = []; const tell = async",
    },
    { file: STREAM, from: "await publish(outgoing);", to: "all.push(publish(outgoing));" },
    {
      file: STREAM,
      from: "const sequencer = greatest",
      to: "await Promise.all(all.splice(0)); const sequencer = greatest",
    },
  ],
  "envelopes without a generation": [
    { file: ENVELOPES, from: `"generation":\${generation},"number"`, to: '"generation":0,"number"' },
  ],
  "envelopes that do not say what was before them": [
    { file: ENVELOPES, from: `"previous":"\${from}"`, to: '"previous":"0.0"' },
  ],
  "a doorbell that is taken for done because another one is": [
    { file: "changes/stream/sequencers.ts", from: "sequencers.every(", to: "sequencers.some(" },
  ],
  "saving whatever another invocation has saved": [
    { file: STREAM, from: "return isSaved ?", to: "return isSaved || true ?" },
    {
      file: STREAM,
      from: "const revision = row.revision + 1;",
      to: "const revision = ((await rows.read(user))?.revision ?? 0) + 1;",
    },
  ],
};

const copies = changedSources();
afterAll(() => copies.remove());
const { makeConsumer, lines } = await documentedConsumer();

describe("the order of changes", () => {
  it(`holds in ${HISTORIES} histories`, async () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      await runModel(flows, makeConsumer, seed).catch((error: unknown) => {
        throw new Error(`history ${seed}`, { cause: error });
      });
    }
    expect(HISTORIES).toBeGreaterThan(0);
  }, 300_000);

  it.each(Object.entries(MUTANTS))(
    "does not hold with %s",
    async (_, changes) => {
      const mutant = (await copies.load<{ flows: Flows }>("changes/testing/model-flows.ts", changes)).flows;
      let found: unknown;
      for (let seed = 1; seed <= MUTANT_HISTORIES && found === undefined; seed += 1) {
        await runModel(mutant, makeConsumer, seed).catch((error: unknown) => {
          found = error;
        });
      }

      expect(found).toBeInstanceOf(Broken);
    },
    300_000,
  );
});

describe("the example of a consumer", () => {
  it("has no more than 25 lines, its export and closing among them", () => {
    expect(lines).toBeLessThanOrEqual(25);
  });
});
