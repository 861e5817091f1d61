// Completes package-lock.json: adds the optional platform packages that npm left out because its registry did
// not show them (`npm ci` of npm 11 refuses a lock file without them), and asks the registry for each checksum
// that is missing. Run it after every change of a lock file; with --check it only reports, and fails.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

type Package = {
  version?: string;
  integrity?: string;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** The platform that a package's name states: `@scope/tool-linux-arm64-musl`. */
const platformOf = (name: string): Pick<Package, "os" | "cpu" | "libc"> => {
  const words = name.split(/[-/]/);
  const os =
    SYSTEMS.find((system) => words.includes(system)) ?? (words.includes("win") ? "win32" : undefined);
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const libc = words.includes("musl")
    ? "musl"
    : words.includes("gnu") && os === "linux"
      ? "glibc"
      : undefined;
  return { ...(os ? { os: [os] } : {}), ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc] } : {}) };
};

type Lock = { packages: Record<string, Package> };

/**
 * Versions of which the registry that made the lock file served the packages of some platforms alone. An
 * install on the other platforms is not held to a checksum. An entry holds for one version: the next one
 * has to have them all.
 */
const WITHOUT_INTEGRITY: Readonly<Record<string, string>> = {
  "@biomejs/cli-": "2.6.8",
  "@oxc-parser/binding-": "0.156.0",
  "@swc/core-": "1.16.22",
};

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** Platform packages that some entry names and that have none themselves. */
export const missingPackages = (lock: Lock): Record<string, Package> => {
  const missing: Record<string, Package> = {};
  for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const nested = `${path}/node_modules/${name}`;
      const platform = platformOf(name);
      // npm completes other optional dependencies itself.
      if (!platform.os || lock.packages[`node_modules/${name}`] || lock.packages[nested]) continue;
      missing[`node_modules/${name}`] = { version, optional: true, ...platform };
    }
  }
  return missing;
};

/** Entries without a checksum, which npm would install whatever the registry sends. */
export const unverified = (lock: Lock): string[] =>
  Object.entries(lock.packages)
    .filter(([path, { integrity }]) => path !== "" && integrity === undefined)
    .map(([path]) => path);

const isExcepted = (lock: Lock, path: string): boolean => {
  const { version, optional } = lock.packages[path] ?? {};
  return Object.entries(WITHOUT_INTEGRITY).some(
    ([start, known]) => optional === true && nameOf(path).startsWith(start) && version === known,
  );
};

/** A sentence for each thing that is wrong with a lock file. */
export const faultsOf = (lock: Lock): string[] => [
  ...Object.keys(missingPackages(lock)).map((path) => `${path} is named and has no entry`),
  ...unverified(lock)
    .filter((path) => !isExcepted(lock, path))
    .map((path) => `${path} has no integrity`),
];

/** The registry's record of a version; undefined where it does not serve the version. */
const askIntegrity = (name: string, version: string): string | undefined => {
  const asked = spawnSync("npm", ["view", `${name}@${version}`, "dist.integrity"], { encoding: "utf8" });
  return /^sha512-\S+/m.exec(asked.stdout ?? "")?.[0];
};

const complete = (lock: Lock): Lock => {
  const packages = { ...lock.packages, ...missingPackages(lock) };
  for (const path of unverified({ packages })) {
    const { version = "", ...rest } = packages[path] ?? {};
    const integrity = askIntegrity(nameOf(path), version);
    if (integrity) packages[path] = { version, integrity, ...rest };
    else console.log(`The registry does not serve ${nameOf(path)}@${version}.`);
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { ...lock, packages: Object.fromEntries(sorted) };
};

if (import.meta.main) {
  for (const file of ["package-lock.json", "bench/package-lock.json"]) {
    const read = (): Lock => JSON.parse(readFileSync(file, "utf8"));
    if (!process.argv.includes("--check")) {
      writeFileSync(file, `${JSON.stringify(complete(read()), null, 2)}\n`);
    }
    const faults = faultsOf(read());
    for (const fault of faults) console.error(`${file}: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
    else console.log(`${file} names every package, with its checksum where the registry serves it.`);
  }
  if (process.exitCode === 1) console.error("Run node scripts/pipeline/complete-lock.ts.");
}
