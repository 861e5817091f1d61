import { resolve } from "node:path";
import type { APIGatewayProxyResult, Context, SQSBatchResponse } from "aws-lambda";
import { afterEach, beforeEach, vi } from "vitest";
import { environmentOf } from "#common/manifest/environment.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import { lambdaContext, type RestRequest, restEvent, sqsEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { localDeployment } from "../deployment.ts";

type Handler = (event: unknown, context: Context) => Promise<unknown>;
type Settings = Readonly<Record<string, string>>;

const jsonOf = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * A function's handler in the environment that its own manifest gives it, with its calls of AWS going to `url`.
 * What it writes is captured anew for each test.
 */
export const loadFunction = async (name: string, url: string, settings: Settings = {}) => {
  const declarations = loadDeclarations(resolve(ROOT, "functions"));
  const manifest = declarations.manifests.find((one) => one.name === name);
  if (!manifest) throw new Error(`no function ${name} in functions/`);

  const load = async (given: Settings): Promise<Handler> => {
    const environment = {
      ...environmentOf(declarations, localDeployment(url), manifest, given),
      // Vitest's own workers would read it.
      NODE_OPTIONS: "",
      AWS_ENDPOINT_URL: url,
      // S3 puts the bucket's name before a host's name, but not before an address.
      AWS_ENDPOINT_URL_S3: url.replace("localhost", "127.0.0.1"),
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: name,
      AWS_SECRET_ACCESS_KEY: "local",
      POWERTOOLS_METRICS_DISABLED: "false",
    };
    for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
    vi.resetModules();
    const module = (await import(/* @vite-ignore */ resolve(ROOT, "functions", name, "handler.ts"))) as {
      handler: Handler;
    };
    return module.handler;
  };

  let output: ReturnType<typeof captureOutput>;
  let handler = await load(settings);
  beforeEach(() => {
    output = captureOutput();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const invoke = (event: unknown, context = lambdaContext()): Promise<unknown> => handler(event, context);

  return {
    declarations,
    manifest,
    invoke,
    /** What it wrote in this test. */
    output: () => output,
    /** A new instance of the function, started with these settings. */
    restart: async (given: Settings = settings): Promise<void> => {
      handler = await load(given);
    },
    /** Its answer to a request; `json` is there when the body is JSON. */
    ask: async (request: RestRequest) => {
      const { statusCode, headers, body } = (await invoke(restEvent(request))) as APIGatewayProxyResult;
      return { status: statusCode, headers, text: body, json: jsonOf(body) };
    },
    /** Delivers messages of its queue (`message-0`, `message-1`, …); answers the ids of those that go back. */
    deliver: async (...bodies: unknown[]): Promise<string[]> => {
      const { batchItemFailures } = (await invoke(sqsEvent(bodies))) as SQSBatchResponse;
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
  };
};
