// Refuses comments and names of tests with words that make a riddle of a sentence: its subject should have a name in the code.
import { globSync, readFileSync } from "node:fs";

const SOURCES = [
  "{bench,common,functions,local,scripts}/**/*.{ts,mjs,cjs}",
  "terraform/**/*.{tf,hcl,tfvars}",
  ".github/**/*.{yml,sh}",
  "*.{mjs,ts}",
];

/** Each word with what to write in its place. */
const WORDS: Readonly<Record<string, string>> = {
  whoever: "the caller, the reader, …",
  nobody: "no caller, no function, …",
  "nobody's": "of no caller, of no organization, …",
  told: "notified, reported, answered, set",
  tell: "notify, report, answer, distinguish",
  tells: "notifies, reports, answers, distinguishes",
  telling: "notifying, reporting, distinguishing",
  lane: "partition, worker",
  lanes: "partitions, workers",
  deed: "action, handler",
  "daily bread": "what it mostly does",
  "at hand": "stored, in memory, given",
};

const COMMENT = { slash: /(?:^\s*\/?\*{1,2}|(?:^|\s)\/\/)\s(.*)$/, hash: /(?:^|\s)#\s(.*)$/ };
const RIDDLE = new RegExp(`(?<![\\w'-])(${Object.keys(WORDS).join("|")})(?![\\w'-])`, "gi");

/** The name of a test or of a group. A line that begins with a text counts, because the formatter puts long names so. */
const TEST_NAME = /^\s*(?:(?:it|describe)(?:\.\w+)*\(|\]\)\()?(["'`].*)$/;

/** One sentence for each such word in a file's comments and names of tests. */
export const wordFaults = (file: string, text: string): string[] => {
  const comment = /\.[mc]?[jt]s$/.test(file) ? COMMENT.slash : COMMENT.hash;
  const hasTests = /\.test\.ts$|-contract\.ts$/.test(file);
  return text.split("\n").flatMap((line, at) => {
    const [, words = ""] = comment.exec(line) ?? (hasTests ? TEST_NAME.exec(line) : null) ?? [];
    return [...words.matchAll(RIDDLE)].map(
      ([word]) => `${file}:${at + 1} says "${word}"; better: ${WORDS[word.toLowerCase()]}`,
    );
  });
};

if (import.meta.main) {
  const files = globSync(SOURCES, { exclude: ["**/node_modules/**", "**/.terraform/**"] }).sort();
  const faults = files.flatMap((file) => wordFaults(file, readFileSync(file, "utf8")));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 && files.length > 0 ? 0 : 1;
}
