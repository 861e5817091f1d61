import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach } from "vitest";
import type { Resources } from "#common/manifest/manifest.ts";
import { eventually } from "#common/testing/eventually.ts";
import { type Platform, type PlatformOptions, startPlatform } from "../platform.ts";
import { type Fixture, type FixtureFunction, makeFixture } from "./platform.ts";

export const clients = ({ awsUrl }: Platform) => {
  const config = {
    endpoint: awsUrl.replace("localhost", "127.0.0.1"),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  return {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    events: new EventBridgeClient(config),
    dynamodb: new DynamoDBClient(config),
    queueUrl: (name: string) => `${awsUrl}/000000000000/millrace-local-${name}`,
  };
};

/** Fixtures are plain files in a temporary folder; the SDK is where this test is. */
export const WITH_SDK = `const load = process.getBuiltinModule("node:module").createRequire(${JSON.stringify(import.meta.filename)});`;

/** Prints every event, so that a test can read what came. */
export const printing = (more: Partial<FixtureFunction>): FixtureFunction => ({
  code: "exports.handler = async (event) => { console.log(JSON.stringify(event)); }",
  timeoutSeconds: 5,
  ...more,
});

export const printed = ({ dataFolder }: Fixture, name: string): Promise<string> => {
  const file = join(dataFolder, "logs", `${name}.log`);
  return eventually(() => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text.endsWith("\n") && text;
  });
};

export const answering = (statement: string): string =>
  `exports.handler = async (event) => { ${statement} return { statusCode: 200, body: JSON.stringify(event) } }`;

/** Platforms for each test that starts them; they are stopped after the test. */
export const usePlatforms = () => {
  const open: { fixtures: Fixture[]; platforms: Platform[] } = { fixtures: [], platforms: [] };
  afterEach(async () => {
    await Promise.all(open.platforms.splice(0).map((platform) => platform.stop()));
    for (const fixture of open.fixtures.splice(0)) fixture.remove();
  });

  const start = async (fixture: Fixture, options: Partial<PlatformOptions> = {}): Promise<Platform> => {
    const platform = await startPlatform({
      functionsFolder: fixture.functionsFolder,
      bundlesFolder: fixture.bundlesFolder,
      dataFolder: fixture.dataFolder,
      port: 0,
      awsPort: 0,
      pace: 0.005,
      ...options,
    });
    open.platforms.push(platform);
    return platform;
  };

  const fixtureOf: typeof makeFixture = (functions, resources) => {
    const fixture = makeFixture(functions, resources);
    open.fixtures.push(fixture);
    return fixture;
  };

  const setup = async (
    functions: Record<string, FixtureFunction>,
    resources: Partial<Resources> = {},
    options: Partial<PlatformOptions> = {},
  ) => {
    const fixture = fixtureOf(functions, resources);
    return { fixture, platform: await start(fixture, options) };
  };

  return { fixtureOf, setup, start };
};
