import { cleanse } from "#common/cleansing/rules.ts";
import { highestOf, type Row, type RulesAnswer } from "./row.ts";

/** What the rules say of the description that a row shows. */
export const rulesOf = (row: Row): RulesAnswer | undefined => {
  const description = highestOf(row)?.content.description;
  const answer = description === undefined ? undefined : cleanse(description);
  return description === undefined || answer === undefined ? undefined : { description, ...answer };
};
