import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

type Step = { name?: string; uses?: string; run?: string; with?: { name?: string; path?: string } };
type Job = { needs?: string | string[]; if?: string; steps: Step[] };

const file = join(import.meta.dirname, "../../.github/workflows/release-environment.yml");
const { jobs } = parse(readFileSync(file, "utf8")) as { jobs: Record<string, Job> };

/** What the job runs and fetches, step after step, as one text. */
const stepsText = (job: string): string =>
  (jobs[job]?.steps ?? [])
    .map(({ uses = "", run = "", with: given = {} }) => `${uses.split("@")[0]} ${given.name ?? ""}\n${run}`)
    .join("\n");

/** Whether the texts stand in the job in this order. */
const inOrder = (job: string, ...texts: string[]): void => {
  const places = texts.map((text) => stepsText(job).indexOf(text));
  expect(places, `${job}: ${texts.join(", then ")}`).toEqual([...places].sort((one, other) => one - other));
  expect(Math.min(...places), `${job}: ${texts[places.indexOf(-1)] ?? ""} is missing`).toBeGreaterThanOrEqual(
    0,
  );
};

describe("a release", () => {
  it("keeps the versions that answer before it changes them", () => {
    inOrder(
      "apply",
      "aliases.ts keep",
      "actions/upload-artifact aliases",
      "terraform -chdir=terraform apply",
    );
  });

  it("is kept as a whole, and is only then the last good one", () => {
    inOrder(
      "mark-good",
      "actions/download-artifact dist",
      "actions/download-artifact providers",
      "stored-release.ts store",
      "stored-release.ts verify stored",
      'stored "s3://$BUCKET/releases/$GITHUB_SHA/"',
      "last-good/$ENVIRONMENT.json",
    );
  });

  it("is smoke-tested when every alias is at its new version, and not before", () => {
    inOrder("roll-out", "actions/download-artifact rollouts", "aliases.ts roll-out");
    expect(jobs["smoke-test"]?.needs).toEqual(["apply", "roll-out"]);
    expect(jobs["roll-back"]?.needs).toEqual(["apply", "roll-out", "smoke-test"]);
  });

  it("goes back when it was applied and its smoke test did not succeed", () => {
    expect(jobs["roll-back"]?.if).toBe(
      "always() && needs.apply.result == 'success' && needs.smoke-test.result != 'success'",
    );
  });

  it("goes back by its aliases first, then by Terraform with the providers of its plan and a verified release", () => {
    inOrder(
      "roll-back",
      "aliases.ts put-back",
      "mv providers/providers.lock.hcl terraform/.terraform.lock.hcl",
      "./.github/actions/terraform",
      "stored-release.ts verify good",
      "release.ts roll-back --failed failed --good good/dist --out dist",
      "terraform -chdir=terraform apply",
      "aliases.ts at-once",
      "integration.ts --smoke",
    );
  });

  it("goes on with Terraform when an alias cannot be moved", () => {
    const step = jobs["roll-back"]?.steps.find(({ run = "" }) => run.includes("put-back"));

    expect(step?.run).toMatch(/put-back [^|]*\|\|/);
  });
});
