import type { Answer } from "../answer.ts";
import { categoryFromForeign } from "./foreign-category.ts";
import type { Said } from "./vendor.schema.ts";

const isWeb = (text: string, protocols: readonly string[]): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

/** A host with or without a path, as `cafe.example`. */
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^\s<>"]*)?$/i;

/** What apps make links of must be nothing else than the address of a page or picture. */
const merchantOf = ({
  name,
  logoUrl,
  website,
}: NonNullable<Said["merchant"]>): NonNullable<Answer["merchant"]> => ({
  name,
  ...(logoUrl !== undefined && isWeb(logoUrl, ["https:"]) ? { logoUrl } : {}),
  ...(website !== undefined && (HOST.test(website) || isWeb(website, ["https:", "http:"]))
    ? { website }
    : {}),
});

const PLACE = ["address", "city", "region", "postalCode", "country", "latitude", "longitude"] as const;

const locationOf = (location: NonNullable<Said["location"]>): NonNullable<Answer["location"]> =>
  Object.fromEntries(
    PLACE.flatMap((name) => (location[name] === undefined ? [] : [[name, location[name]] as const])),
  );

/** What a vendor said, with what the platform knows of it and nothing else. */
export const answerFromSaid = ({ merchant, category, confidence, location }: Said): Answer => {
  const places = location && locationOf(location);
  return {
    ...(merchant === undefined ? {} : { merchant: merchantOf(merchant) }),
    ...(category === undefined ? {} : { category: categoryFromForeign(category) }),
    confidence,
    ...(places === undefined || Object.keys(places).length === 0 ? {} : { location: places }),
  };
};
