import { optionalText, readConfig } from "#common/config/config.ts";
import { ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };

const config = readConfig({ RELEASE_VERSION: optionalText() });

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /health": async () => ok({ status: "ok", version: config.RELEASE_VERSION ?? "unknown" }),
  },
});
