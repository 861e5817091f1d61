import { authorizerHandler } from "#common/middleware/authorizer.ts";
export const handler = authorizerHandler(async () => {
  throw new Error("later");
});
