import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { RecordMessageSchema } from "#common/data/record-message.schema.ts";
import { PageQuery } from "#common/paging/page-query.schema.ts";
import type { SchemaValidator } from "#common/validation/schema.ts";
import type { Validator } from "#common/validation/validator.ts";
import { contract } from "#functions/data-generator/contract.ts";
import { validatorsPlugin } from "./validators-plugin.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-compiled-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a compiled check", () => {
  it("finds the same faults as the one made at run time, whatever comes", async () => {
    const out = join(folder, "compiled.mjs");
    await esbuild.build({
      stdin: {
        contents: `export { PageQuery } from "#common/paging/page-query.schema.ts";
          export { RecordMessageSchema } from "#common/data/record-message.schema.ts";
          export { contract } from "#functions/data-generator/contract.ts";`,
        resolveDir: process.cwd(),
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: out,
      plugins: [validatorsPlugin()],
      logLevel: "silent",
    });
    const compiled = await import(pathToFileURL(out).href);
    const pairs: [SchemaValidator<unknown>, Validator<unknown>][] = [
      [PageQuery, compiled.PageQuery],
      [RecordMessageSchema, compiled.RecordMessageSchema],
      [contract["POST /data"].body, compiled.contract["POST /data"].body],
    ];
    const field = fc.constantFrom(
      "limit",
      "cursor",
      "id",
      "createdAt",
      "organizationId",
      "userId",
      "data",
      "x",
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.uuid(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.integer({ min: -1, max: 102 }),
      fc.integer({ min: -1, max: 102 }).map(String),
      fc.string(),
    );
    const input = fc.oneof(fc.dictionary(field, value), fc.jsonValue());

    expect(readFileSync(out, "utf8")).not.toContain("typebox");
    fc.assert(
      fc.property(input, fc.constantFrom(...pairs), (given, [slow, fast]) => {
        const [a, b] = [structuredClone(given), structuredClone(given)];

        expect(fast.faults(b)).toEqual(slow.faults(a));
        // Defaults and numbers of a query are filled in alike.
        expect(b).toEqual(a);
      }),
      { numRuns: 500 },
    );
  });
});
