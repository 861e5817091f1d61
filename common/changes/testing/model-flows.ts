import { listVersions } from "../stream/list-versions.ts";
import { makePublisher } from "../stream/publisher.ts";
import { makeStreamUser } from "../stream/stream-user.ts";

/** What is held against the model, or mutants of it. */
export const flows = { makeStreamUser, makePublisher, listVersions };

export type Flows = typeof flows;
