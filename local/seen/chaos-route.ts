import type { Chaos } from "../seams.ts";
import { numberFrom, readOneMember } from "./members.ts";
import type { OwnRoute } from "./own-site.ts";

/** Faults on demand while the platform runs: `PUT /_millrace/chaos` with `{"share":0.1}`; 0 ends them. */
export const chaosRoute = (chaos: Chaos): OwnRoute => ({
  path: "/_millrace/chaos",
  get: () => ({ share: chaos.share }),
  put: (body) => {
    chaos.share = readOneMember(body, { share: numberFrom(0, 1) });
    return { share: chaos.share };
  },
});
