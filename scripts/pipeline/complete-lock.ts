// Adds to package-lock.json the optional platform packages that npm left out because its registry did
// not show them: `npm ci` of npm 11 refuses a lock file without them. Run it after every change of the
// lock file; with --check it only tells, and fails.
import { readFileSync, writeFileSync } from "node:fs";

type Package = {
  version?: string;
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

/** What a platform package says of itself, as its name tells: `@scope/tool-linux-arm64-musl`. */
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

const file = "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Package> };
const missing = new Map<string, Package>();
for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const nested = `${path}/node_modules/${name}`;
    const platform = platformOf(name);
    // Other optional dependencies are npm's business.
    if (!platform.os || lock.packages[`node_modules/${name}`] || lock.packages[nested]) continue;
    missing.set(`node_modules/${name}`, { version, optional: true, ...platform });
  }
}

if (missing.size === 0) {
  console.log("package-lock.json names every platform package.");
} else if (process.argv.includes("--check")) {
  console.error(
    `package-lock.json lacks platform packages; run node scripts/pipeline/complete-lock.ts:\n  ${[...missing.keys()].join("\n  ")}`,
  );
  process.exitCode = 1;
} else {
  const packages = Object.fromEntries(
    Object.entries({ ...lock.packages, ...Object.fromEntries(missing) }).sort(([a], [b]) =>
      a < b ? -1 : a > b ? 1 : 0,
    ),
  );
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  console.log(`Added ${missing.size}:\n  ${[...missing.keys()].join("\n  ")}`);
}
