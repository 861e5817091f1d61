import { fold } from "#common/text/fold.ts";
import foreign from "../categories.json" with { type: "json" };
import { CATEGORIES, type Category, OTHER } from "../categories.ts";

/** `FOOD_AND_DRINK`, `Food & Drink` and `food and drink` are one name. */
const nameOf = (category: string): string =>
  fold(category)
    .replaceAll("&", " and ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .join(" ");

const KNOWN: ReadonlyMap<string, Category> = new Map(
  CATEGORIES.flatMap((category) =>
    [category, ...foreign[category]].map((name) => [nameOf(name), category] as const),
  ),
);

/** The platform's category for a vendor's: by `categories.json`, else `Other`. */
export const categoryFromForeign = (category: string): Category => KNOWN.get(nameOf(category)) ?? OTHER;
