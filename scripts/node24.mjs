// Runs a script of this project under Node 24, whatever Node the machine has, installing what is
// missing first. Plain JavaScript for Node 20: nothing of the project is installed yet when it runs.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { usageOf } from "./usage.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");

const fail = (sentence) => {
  console.error(sentence);
  process.exit(1);
};

/** npm, run with the very Node that runs this file: `npm ci` deletes the one in node_modules. */
const runNpmCi = (folder) => {
  const npm = process.env.npm_execpath;
  const command = npm ? [process.env.npm_node_execpath ?? process.execPath, npm] : ["npm"];
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"))
    .join(delimiter);
  const [file, ...first] = command;
  return spawnSync(
    file,
    [
      ...first,
      "ci",
      "--engine-strict=false",
      "--include=dev",
      "--include=optional",
      "--no-audit",
      "--no-fund",
    ],
    {
      cwd: folder,
      stdio: ["ignore", 2, 2],
      env: { ...process.env, PATH: path },
      shell: !npm && process.platform === "win32",
    },
  ).status;
};

/** Installs what the folder's lock file names, unless that is what was installed last. */
const install = (folder) => {
  const stamp = join(folder, "node_modules", ".installed-from");
  const lock = readFileSync(join(folder, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.error(`Installing dependencies (npm ci${folder === root ? "" : ` in ${basename(folder)}/`}) …`);
  if (runNpmCi(folder) !== 0) {
    fail("npm ci failed; what it said stands above. Mend that and run the command again.");
  }
  writeFileSync(stamp, hash);
};

/** Whether the first version is later than the second, of the same major version. */
const isLater = (one, other) => {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  return a[0] === b[0] && (a[1] > b[1] || (a[1] === b[1] && a[2] > b[2]));
};

/**
 * Node 24 comes as a platform package; a machine's own Node serves if it is 24 or later. A machine's own Node
 * 24 that is later than the package is preferred, because for macOS there is only an older package.
 */
const node24 = () => {
  const own = process.versions.node;
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  for (const folder of [name, `node-bin-${process.platform}-${process.arch}`]) {
    const file = join(modules, folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(join(modules, folder, "package.json"), "utf8"));
    return isLater(own, version) ? process.execPath : file;
  }
  if (Number(own.split(".")[0]) >= 24) return process.execPath;
  return fail(
    `Millrace runs on Node 24, and there is no Node package for ${process.platform} ${process.arch}: install Node 24 or later and run the command again.`,
  );
};

/** What `--help` of this script prints; undefined for a script that is no command of package.json. */
const help = (script) => {
  const readJson = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));
  const isIt = ([, run]) => run === `node scripts/node24.mjs ${script}`;
  const [name] = Object.entries(readJson("package.json").scripts).find(isIt) ?? [];
  return name && usageOf(readJson("scripts/commands.json")[name]);
};

const [script = ".", ...args] = process.argv.slice(2);
const usage = args.includes("--help") ? help(script) : undefined;
if (usage) {
  process.stdout.write(usage);
  process.exit();
}

install(root);
// bench/ has dependencies of its own, which nothing else needs.
const home = resolve(root, dirname(script));
if (home !== root && existsSync(join(home, "package-lock.json"))) install(home);

const node = node24();
const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: [dirname(node), join(modules, ".bin"), process.env.PATH].join(delimiter),
  },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// npm's shell does not pass SIGTERM on: when the shell is gone, the parent changes and the child has to stop
// too.
const parent = process.ppid;
const watch = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 200);
child.on("exit", (code, signal) => {
  clearInterval(watch);
  process.exit(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1));
});
