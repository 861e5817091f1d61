import { canonicalJson } from "#common/json/canonical-json.ts";
import type { EventMessage } from "../event.ts";
import type { BlockEvent } from "./block.ts";
import { digestOf, type EventText } from "./hash.ts";

const textOf = ({ actor, description, detail, targets }: EventText): string =>
  canonicalJson({ actor, description, detail, targets });

/**
 * Whether a posted event says what the stored one of the same id says. A date that was not posted says
 * nothing, and neither does who posted it; a text that is kept apart is compared by its digest.
 */
export const isSameContent = (posted: EventMessage, stored: BlockEvent): boolean =>
  posted.customerId === stored.customerId &&
  posted.type === stored.type &&
  (posted.dateIsDefault === true || posted.date === stored.date) &&
  (stored.digest === undefined
    ? textOf(posted) === textOf(stored)
    : digestOf(stored.salt, posted) === stored.digest);
