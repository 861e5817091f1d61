/** What machines sort transactions into; a person may write anything else. */
export const CATEGORIES = [
  "Income",
  "Transfers",
  "Loans",
  "Fees",
  "Rent",
  "Utilities",
  "Groceries",
  "Restaurants",
  "Shopping",
  "Home",
  "Health",
  "Care",
  "Services",
  "Entertainment",
  "Travel",
  "Transport",
  "Taxes",
  "Giving",
  "Other",
] as const;

export type Category = (typeof CATEGORIES)[number];

/** The category of what no machine knows. */
export const OTHER: Category = "Other";
