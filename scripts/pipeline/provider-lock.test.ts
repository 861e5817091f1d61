import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

describe("the providers' lock", () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");

  it("is made for every root, and each job keeps to it once it is there", () => {
    const lock = read(".github/workflows/provider-lock.yml");
    const roots = globSync("terraform/{,*/}backend.tf{,.example}", {
      cwd: join(import.meta.dirname, "../.."),
    }).map((file) => dirname(file));

    expect(roots.toSorted()).toEqual(["terraform", "terraform/account", "terraform/bootstrap"]);
    for (const root of roots) {
      expect(lock).toMatch(new RegExp(`for root in .*\\b${root}\\b`));
      expect(lock).toContain(`"${root}"`);
    }
    expect(read(".github/actions/terraform/action.yml")).toContain("lock=(-lockfile=readonly)");
  });

  it("is of a version that the runtime nodejs24.x needs, and not of a next major one, in the account's roots", () => {
    for (const folder of ["account", "bootstrap", "modules/pipeline-roles"]) {
      expect(read(`terraform/${folder}/versions.tf`)).toContain('version = ">= 6.25, < 7"');
    }
  });
});
