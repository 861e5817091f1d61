import { ok, RawJson } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { openapi } from "#generated/openapi.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };

const document = new RawJson(openapi);

export const handler = httpHandler({
  manifest,
  contract,
  actions: { "GET /openapi.json": async () => ok(document) },
});
