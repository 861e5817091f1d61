import { dirname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { checkSource } from "#common/validation/compile.ts";
import { integersOf, type SchemaValidator } from "#common/validation/schema.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const isValidator = (value: unknown): value is SchemaValidator<unknown> =>
  typeof value === "object" && value !== null && "schema" in value && "faults" in value;

/** Fields of a route's contract that a running function needs; texts and answers are for the document. */
const RUNTIME_FIELDS = ["body", "query", "bodyBytesMax", "bodyTypes", "idempotent", "preconditions"];

/**
 * Replaces files that hold schemas (`contract.ts`, `*.schema.ts`) by modules with the checks compiled
 * ahead. The file is imported here, in Node, so what is compiled is what it really exports. Names in the
 * bundle are relative to the project, wherever the build is run from.
 */
export const validatorsPlugin = (): Plugin => ({
  name: "validators",
  setup(build) {
    const sources = new Map<string, string>();

    build.onResolve({ filter: /^compiled-check:/ }, ({ path }) => ({ path, namespace: "compiled-check" }));
    build.onLoad({ filter: /.*/, namespace: "compiled-check" }, ({ path }) => ({
      contents: sources.get(path) ?? "",
      loader: "js",
      // ajv's generated code asks for its own small runtime.
      resolveDir: root,
    }));

    build.onLoad({ filter: /(\/|\\)(contract|[^/\\]+\.schema)\.ts$/ }, async ({ path }) => {
      const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      const imports: string[] = ['import { validatorFrom } from "#common/validation/validator.ts";'];

      const compiled = ({ schema, from }: SchemaValidator<unknown>): string => {
        const name = `check${imports.length}`;
        // Relative: a path of this machine would stand in the source map, and change the zip.
        const key = `compiled-check:${relative(root, path)}#${imports.length}`;
        sources.set(key, checkSource(schema, from));
        imports.push(`import ${name} from ${JSON.stringify(key)};`);
        const integers = from === "query" ? integersOf(schema) : [];
        return `validatorFrom(${[name, ...(integers.length > 0 ? [JSON.stringify(integers)] : [])].join()})`;
      };
      const code = (value: unknown): string => {
        if (isValidator(value)) return compiled(value);
        if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
        return `{${Object.entries(value)
          .map(([name, inner]) => `${JSON.stringify(name)}:${code(inner)}`)
          .join()}}`;
      };
      const running = (contract: Record<string, object>) =>
        Object.fromEntries(
          Object.entries(contract).map(([route, fields]) => [
            route,
            Object.fromEntries(Object.entries(fields).filter(([name]) => RUNTIME_FIELDS.includes(name))),
          ]),
        );

      const lines = Object.entries(exported).map(([name, value]) =>
        name === "contract"
          ? `export const contract = ${code(running(value as Record<string, object>))};`
          : `export const ${name} = /* @__PURE__ */ ${code(value)};`,
      );
      return { contents: [...imports, ...lines].join("\n"), loader: "js", resolveDir: root };
    });
  },
});
