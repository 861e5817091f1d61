import { afterAll } from "vitest";
import { startAwsServer } from "#common/testing/aws-server.ts";
import { loadFunction } from "./loaded-function.ts";

/**
 * As `startFunction`, but AWS is the fake of `common/testing/aws-server.ts`, which answers what each test says: for
 * answers that the local AWS port never gives, such as items left unprocessed, or a text that is no JSON.
 */
export const startFunctionOnFake = async (name: string, settings: Readonly<Record<string, string>> = {}) => {
  const aws = await startAwsServer();
  const loaded = await loadFunction(name, aws.url, settings);
  afterAll(() => aws.stop());
  return { ...loaded, aws };
};
