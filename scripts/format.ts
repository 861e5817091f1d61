// Formats and mends what can be mended by itself: `npm run format`.
import { optionsOrExit } from "./options.ts";
import { runStep } from "./steps.ts";

optionsOrExit("format", process.argv.slice(2));
const { ok } = await runStep(
  { name: "format", args: ["node_modules/@biomejs/biome/bin/biome", "check", "--write", "."] },
  true,
);
process.exitCode = ok ? 0 : 1;
