import type { SnsAction } from "./context.ts";

/** Tags are not kept here. */
export const listTagsForResource: SnsAction = () => () => ({ Tags: [] });
