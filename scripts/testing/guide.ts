import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a guide says of one file: the whole of it, or what goes into a file that is there. */
export type GuideBlock = { file: string; language: string; text: string; isWhole: boolean };

export type Guide = { blocks: GuideBlock[]; commands: string[] };

const BLOCK = /^\*\*`([^`]+)`\*\*( gets)?\n\n```(\w+)\n([\s\S]*?)^```$/gm;
const COMMANDS = /^```sh\n([\s\S]*?)^```$/gm;

/** Reads a guide: its files, each block under its file's name, and the lines of its `sh` blocks. */
export const readGuide = (page: string): Guide => {
  const blocks = [...page.matchAll(BLOCK)].map(([, file = "", gets, language = "", text = ""]) => ({
    file,
    language,
    text,
    isWhole: gets === undefined,
  }));
  const commands = [...page.matchAll(COMMANDS)].flatMap(([, text = ""]) => text.trim().split("\n"));
  const fences = page.match(/^```\w+$/gm)?.length ?? 0;
  const commandBlocks = page.match(COMMANDS)?.length ?? 0;
  if (fences !== blocks.length + commandBlocks) {
    throw new Error(`the guide has ${fences} blocks, but ${blocks.length} stand under a file's name`);
  }
  return { blocks, commands };
};

type Members = { [name: string]: unknown };
const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of both; where both have one that holds members, theirs too. */
const merge = (present: Members, added: Members): Members => {
  const merged: Members = { ...present };
  for (const [name, value] of Object.entries(added)) {
    const old = merged[name];
    merged[name] = isMembers(old) && isMembers(value) ? merge(old, value) : value;
  }
  return merged;
};

/**
 * Puts the lines with `+` where the lines beside them stand, which must be there exactly once. A tree that followed the
 * guide already stays as it is.
 */
const insert = (present: string, diff: string, file: string): string => {
  const lines = diff.trimEnd().split("\n");
  const wanted = `${lines.map((line) => line.slice(1)).join("\n")}\n`;
  if (present.includes(wanted)) return present;
  const beside = lines.filter((line) => !line.startsWith("+")).map((line) => line.slice(1));
  const parts = present.split(`${beside.join("\n")}\n`);
  if (parts.length !== 2)
    throw new Error(`${file}: the lines beside must stand there once: ${beside.join(" / ")}`);
  return parts.join(wanted);
};

/** Does to the tree in `folder` what the guide says of its files. */
export const applyGuide = ({ blocks }: Guide, folder: string): void => {
  for (const { file, language, text, isWhole } of blocks) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    if (isWhole) writeFileSync(path, text);
    else {
      const present = readFileSync(path, "utf8");
      writeFileSync(
        path,
        language === "diff"
          ? insert(present, text, file)
          : `${JSON.stringify(merge(JSON.parse(present), JSON.parse(text)), null, 2)}\n`,
      );
    }
  }
};
