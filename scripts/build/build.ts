import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { assertDeclarations } from "#common/manifest/check.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Manifest } from "#common/manifest/manifest.ts";
import {
  builtinsPlugin,
  dependencyMapsPlugin,
  generatedPlugin,
  idempotencyPlugin,
  requestPartsPlugin,
  stubsPlugin,
  tracerPlugin,
} from "./bundle-plugins.ts";
import { type FunctionRoute, loadRoutes } from "./contracts.ts";
import { gatewayDocument, openapiDocument } from "./openapi.ts";
import { validatorsPlugin } from "./validators-plugin.ts";
import { sha256Base64, zip } from "./zip.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export type BuildOptions = { functionsFolder: string; outFolder: string };

export type Built = {
  name: string;
  bytes: number;
  sha256: string;
  /** Made by this run; false when nothing that goes into it had changed. */
  rebuilt: boolean;
};

type CacheEntry = { inputs: Record<string, string>; bytes: number; sha256: string };
type Cache = { tools: string; functions: Record<string, CacheEntry> };

const hashFile = (path: string): string =>
  existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("base64url") : "absent";

/**
 * What shapes every bundle and is not among its inputs: the build itself, the lock file, and the schemas with their fields.
 * Those are run and not bundled, so that it is not known which of them imports which.
 */
const hashTools = (functionsFolder: string): string => {
  const shared = [
    "scripts/build/*.ts",
    "common/validation/*.ts",
    "common/**/*.{fields,schema}.ts",
    "package-lock.json",
  ];
  const schemas = globSync("**/*.{fields,schema}.ts", { cwd: functionsFolder });
  const files = [
    ...globSync(shared, { cwd: root }),
    ...schemas.map((file) => relative(root, join(functionsFolder, file))),
  ].sort();
  return createHash("sha256")
    .update(files.map((file) => `${file} ${hashFile(join(root, file))}`).join("\n"))
    .digest("base64url");
};

const OPTIONS: esbuild.BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  mainFields: ["module", "main"],
  minify: true,
  keepNames: false,
  legalComments: "none",
  sourcemap: "linked",
  sourcesContent: false,
  write: false,
  metafile: true,
  absWorkingDir: root,
  logLevel: "silent",
};

/** Dependencies are named from their `node_modules` on: it may be a link to anywhere. */
const withoutMachine = (map: Buffer): Buffer<ArrayBuffer> => {
  const { sources, ...rest } = JSON.parse(map.toString("utf8")) as { sources: string[] };
  const named = sources.map((source) => source.replace(/^.*?(?=node_modules\/)/, ""));
  return Buffer.from(JSON.stringify({ ...rest, sources: named }));
};

/** The files that went into a bundle, relative to the root. */
const inputsOf = (metafile: esbuild.Metafile | undefined, generatedFolder: string): string[] =>
  Object.keys(metafile?.inputs ?? {})
    .map((input) =>
      input.startsWith("generated:")
        ? relative(root, join(generatedFolder, input.slice("generated:".length)))
        : input,
    )
    .filter((input) => existsSync(join(root, input)));

/** One entry to its files by name (`handler.cjs`, `handler.cjs.map`), and the inputs that went into it. */
const bundle = async (
  entry: string,
  name: string,
  generatedFolder: string,
  more: readonly esbuild.Plugin[] = [],
) => {
  const result = await esbuild.build({
    ...OPTIONS,
    entryPoints: [entry],
    // A name without a folder, because what is in a bundle must not depend on where it is written.
    outfile: join(root, "dist", `${name}.cjs`),
    plugins: [
      builtinsPlugin(),
      stubsPlugin(),
      ...(name === "tracer" ? [] : [tracerPlugin()]),
      ...more,
      generatedPlugin(generatedFolder),
      validatorsPlugin(),
      dependencyMapsPlugin(),
    ],
  });
  const files = new Map(
    (result.outputFiles ?? []).map(({ path, contents }) => [
      relative(join(root, "dist"), path),
      Buffer.from(contents),
    ]),
  );
  const map = files.get(`${name}.cjs.map`);
  if (map) files.set(`${name}.cjs.map`, withoutMachine(map));
  return { files, inputs: inputsOf(result.metafile, generatedFolder) };
};

const readCache = (path: string): Cache | undefined => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

/** Writes only files that changed, so that no watcher is woken for nothing. */
const write = (path: string, contents: string | Buffer): void => {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path) || !readFileSync(path).equals(Buffer.from(contents))) writeFileSync(path, contents);
};

/** Writes what is made of all functions together; answers their routes. */
const generate = async (functionsFolder: string, outFolder: string): Promise<FunctionRoute[]> => {
  const declarations = loadDeclarations(functionsFolder);
  assertDeclarations(declarations);
  const routes = await loadRoutes(declarations);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const openapi = JSON.stringify(openapiDocument(routes, version), null, 2);
  const roles = Object.fromEntries(
    routes.filter(({ role }) => role !== null).map(({ route, role }) => [route, role]),
  );
  write(join(outFolder, "openapi.json"), `${openapi}\n`);
  write(join(outFolder, "gateway.json"), `${JSON.stringify(gatewayDocument(routes, version), null, 2)}\n`);
  write(
    join(outFolder, "generated/openapi.ts"),
    `export const openapi: string = ${JSON.stringify(JSON.stringify(JSON.parse(openapi)))};\n`,
  );
  write(
    join(outFolder, "generated/routes.ts"),
    `/** The role of each route that is not public. */\nexport const routes: Record<string, string> = ${JSON.stringify(roles, null, 2)};\n`,
  );
  return routes;
};

/**
 * Bundles every function folder to `<out>/<name>/` and `<out>/<name>.zip` (the same bytes), beside
 * `manifest.json`, `openapi.json` and `gateway.json`. Functions whose inputs have not changed since the
 * last run are left as they are.
 */
export const build = async (options: BuildOptions): Promise<Built[]> => {
  const functionsFolder = resolve(options.functionsFolder);
  const outFolder = resolve(options.outFolder);
  const routes = await generate(functionsFolder, outFolder);

  const { manifests } = loadDeclarations(functionsFolder);
  const cachePath = join(outFolder, ".cache.json");
  const tools = hashTools(functionsFolder);
  const cached = readCache(cachePath);
  const cache: Cache = { tools, functions: {} };
  const known = cached?.tools === tools ? cached.functions : {};
  const hashes = new Map<string, string>();
  const hashInput = (input: string) => {
    const hash = hashes.get(input) ?? hashFile(join(root, input));
    hashes.set(input, hash);
    return hash;
  };
  const isFresh = (name: string, entry: CacheEntry | undefined): entry is CacheEntry =>
    entry !== undefined &&
    existsSync(join(outFolder, `${name}.zip`)) &&
    existsSync(join(outFolder, name, "handler.cjs")) &&
    Object.entries(entry.inputs).every(([input, hash]) => hashInput(input) === hash);

  let tracer: ReturnType<typeof bundle> | undefined;
  const generatedFolder = join(outFolder, "generated");

  const buildOne = async ({ name, access }: Manifest): Promise<Built> => {
    const entry = known[name];
    if (isFresh(name, entry)) {
      cache.functions[name] = entry;
      return { name, bytes: entry.bytes, sha256: entry.sha256, rebuilt: false };
    }
    tracer ??= bundle("common/telemetry/tracer.ts", "tracer", generatedFolder);
    const [handler, traced] = await Promise.all([
      bundle(join(functionsFolder, name, "handler.ts"), "handler", generatedFolder, [
        idempotencyPlugin([access.tables?.idempotency].flat().includes("write")),
        requestPartsPlugin(
          routes.filter(({ functionName }) => functionName === name).map(({ contract }) => contract),
        ),
      ]),
      tracer,
    ]);
    const tracerFile = traced.files.get("tracer.cjs") ?? Buffer.alloc(0);
    // The tracer is all dependencies: its map would name nothing of ours.
    const unmapped = Buffer.from(
      tracerFile.toString("utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"),
    );
    const files = new Map([...handler.files, ["tracer.cjs", unmapped]]);
    rmSync(join(outFolder, name), { recursive: true, force: true });
    for (const [file, bytes] of files) write(join(outFolder, name, file), bytes);
    const zipped = await zip(files);
    write(join(outFolder, `${name}.zip`), zipped);
    const made = { bytes: zipped.byteLength, sha256: sha256Base64(zipped) };
    const inputs = [...handler.inputs, ...traced.inputs];
    cache.functions[name] = {
      ...made,
      inputs: Object.fromEntries(inputs.map((input) => [input, hashInput(input)])),
    };
    return { name, ...made, rebuilt: true };
  };

  const built = await Promise.all(manifests.map(buildOne));
  const functions = Object.fromEntries(
    built.map(({ name, bytes, sha256 }) => [name, { zip: `${name}.zip`, sha256, bytes }]),
  );
  for (const zipped of globSync("*.zip", { cwd: outFolder })) {
    const name = zipped.slice(0, -".zip".length);
    if (name in functions) continue;
    rmSync(join(outFolder, zipped));
    rmSync(join(outFolder, name), { recursive: true, force: true });
  }
  write(join(outFolder, "manifest.json"), `${JSON.stringify({ functions }, null, 2)}\n`);
  write(cachePath, JSON.stringify(cache));
  return built;
};
