import type { Question, Said } from "#common/cleansing/vendor/vendor.schema.ts";
import { wordsOf } from "#common/text/words.ts";

type Known = Omit<Said, "id"> & { words: readonly string[] };

/** What the example vendor knows; its categories are its own, as a vendor's are. */
const MERCHANTS: readonly Known[] = [
  {
    words: ["corner", "cafe"],
    merchant: {
      name: "Corner Café",
      website: "cornercafe.example",
      logoUrl: "https://logos.example/cafe.png",
    },
    category: "FOOD_AND_DRINK",
    confidence: 0.97,
    location: { city: "Springfield", country: "US", latitude: 39.8, longitude: -89.64 },
  },
  { words: ["coffee"], merchant: { name: "Coffee House" }, category: "Coffee Shops", confidence: 0.9 },
  {
    words: ["grocery"],
    merchant: { name: "Green Grocer" },
    category: "Supermarkets & Groceries",
    confidence: 0.95,
  },
  {
    words: ["market"],
    merchant: { name: "Market Hall" },
    category: "Supermarkets & Groceries",
    confidence: 0.8,
  },
  { words: ["fuel"], merchant: { name: "Fuel Stop" }, category: "Gas Stations", confidence: 0.93 },
  { words: ["payroll"], category: "INCOME_WAGES", confidence: 0.99 },
  { words: ["rent"], category: "Mortgage & Rent", confidence: 0.88 },
  { words: ["airline"], merchant: { name: "Blue Airline" }, category: "Air Travel", confidence: 0.92 },
  { words: ["pharmacy"], merchant: { name: "Old Town Pharmacy" }, category: "Pharmacies", confidence: 0.91 },
  { words: ["stream"], merchant: { name: "Streamline" }, category: "TV & Movies", confidence: 0.85 },
  { words: ["quiz"], merchant: { name: "Quiz Night" }, category: "PUB_QUIZZES", confidence: 0.7 },
  // It is not sure of this one, so the platform does not take it.
  { words: ["perhaps"], merchant: { name: "Perhaps Ltd" }, category: "Shops", confidence: 0.3 },
];

/** What the vendor says of a transaction; undefined of one that it does not know. */
export const merchantOf = ({ id, description }: Pick<Question, "id" | "description">): Said | undefined => {
  const words = new Set(wordsOf(description));
  const known = MERCHANTS.find((one) => one.words.every((word) => words.has(word)));
  if (known === undefined) return undefined;
  const { words: _words, ...said } = known;
  return { id, ...said };
};
