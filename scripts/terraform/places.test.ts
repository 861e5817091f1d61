import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = ["README.md", ...globSync(["docs/*.md", "terraform/*/README.md"], { cwd: root })];

describe("the settings of Terraform's backend", () => {
  it("stand in one place, whichever page names it", () => {
    const places = pages.flatMap((page) =>
      [...read(page).matchAll(/[\w./]*backend\.hcl\b(?!\.example)/g)].map(([place]) => `${page}: ${place}`),
    );

    expect(places.length).toBeGreaterThan(3);
    expect(places.filter((place) => !place.endsWith("environments/backend.hcl"))).toEqual([]);
  });

  it("are not committed", () => {
    expect(read("terraform/.gitignore").split("\n")).toContain("environments/backend.hcl");
  });
});
