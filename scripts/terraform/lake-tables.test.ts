import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LAKE_TABLES_FILE, lakeTablesText } from "./lake-tables.ts";

it("Terraform reads the tables that the types of logs make: else run scripts/terraform/lake-tables.ts", () => {
  expect(readFileSync(LAKE_TABLES_FILE, "utf8")).toBe(lakeTablesText());
});
