import type { Category } from "./categories.ts";

export type Location = {
  address?: string;
  city?: string;
  region?: string;
  postalCode?: string;
  country?: string;
  latitude?: number;
  longitude?: number;
};

/** What a vendor makes of a description. */
export type Answer = {
  readonly merchant?: { name: string; logoUrl?: string; website?: string };
  readonly category?: Category;
  readonly confidence: number;
  readonly location?: Location;
};
