import { fold } from "#common/text/fold.ts";
import type { Category } from "./categories.ts";
import rules from "./rules.json" with { type: "json" };

/** What the rules say of a description. */
export type RuleAnswer = { readonly merchant?: string; readonly category: Category };

type Rule = { readonly pattern: RegExp; readonly answer: RuleAnswer };

const RULES: readonly Rule[] = rules.map(({ pattern, merchant, category }) => ({
  pattern: new RegExp(pattern, "u"),
  answer: {
    ...(merchant === undefined ? {} : { merchant }),
    // A test holds each rule's category against the list.
    category: category as Category,
  },
}));

/** Descriptions repeat, within a file and from night to night: most are answered from here. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<string, RuleAnswer | undefined>();

/** What the first rule that fits says of a description, folded; undefined where none fits. */
export const cleanse = (description: string): RuleAnswer | undefined => {
  if (remembered.has(description)) return remembered.get(description);
  const folded = fold(description);
  const answer = RULES.find(({ pattern }) => pattern.test(folded))?.answer;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(description, answer);
  return answer;
};
