import { afterAll, beforeAll, vi } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { startTestPort, type TestPort } from "#local/aws/testing/port.ts";
import { idempotencyTable } from "./table.ts";
import { describeIdempotencyStore } from "./testing/store-contract.ts";

let port: TestPort;
beforeAll(async () => {
  port = await startTestPort({ declarations: loadDeclarations("functions") });
  const environment = {
    AWS_ENDPOINT_URL: port.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(() => port.close());

describeIdempotencyStore("in the table", () => idempotencyTable("millrace-local-idempotency"));
