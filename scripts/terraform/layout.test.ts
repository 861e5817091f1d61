import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layoutFaults } from "./layout.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "layout-"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string, text = ""): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const writeModule = (path: string): void => {
  for (const file of ["README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"]) {
    write(join(path, file));
  }
  write(join(path, "tests/plan.tftest.hcl"));
};
const writeAll = (): void => {
  for (const path of ["account", "bootstrap", "modules/queue"]) writeModule(path);
};

describe("the layout of terraform/", () => {
  it("is right where each root and module has all its files", () => {
    writeAll();

    expect(layoutFaults(folder)).toEqual([]);
    expect(layoutFaults(join(import.meta.dirname, "../../terraform"))).toEqual([]);
  });

  it.each([
    ["modules/topic/main.tf", "", "modules/topic: no README.md"],
    ["main.tf", 'variable "a" {\n  type = string\n}', "main.tf: variable a has no description"],
    ["main.tf", 'variable "a" {\n  description = "A."\n}', "main.tf: variable a has no type"],
    ["main.tf", 'resource "aws_lambda_function" "f" {}', "a function that is not made by modules/function"],
    ["main.tf", "locals {\n  a = terraform.workspace\n}", "terraform.workspace is read in locals.tf alone"],
    ["versions.tf", 'source  = "hashicorp/aws"\nversion = "~> 6.0"', "the provider is bound to ~> 6.0"],
    ["main.tf", "locals {\n  a = timestamp()\n}", "a provisioner or a timestamp"],
  ])("is refused for %s with %j", (file, text, fault) => {
    writeAll();
    write(file, text);

    expect(layoutFaults(folder).join("\n")).toContain(fault);
  });
});
