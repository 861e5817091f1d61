import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

describe("drift", () => {
  const workflow = parse(
    readFileSync(join(import.meta.dirname, "../../.github/workflows/drift.yml"), "utf8"),
  );

  it("is looked for every week in every environment that has settings", () => {
    const environments = globSync("*.tfvars", {
      cwd: join(import.meta.dirname, "../../terraform/environments"),
    }).map((name) => name.replace(".tfvars", ""));

    expect(workflow.on.schedule).toHaveLength(1);
    expect(workflow.jobs.drift.strategy.matrix.environment.toSorted()).toEqual(environments.toSorted());
  });
});
