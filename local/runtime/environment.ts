import { randomBytes } from "node:crypto";
import { environmentOf } from "#common/manifest/environment.ts";
import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import { type Deployment, resourceName } from "#common/manifest/names.ts";

export type LogNames = { logGroupName: string; logStreamName: string };

/** Where Lambda would put the logs; Powertools and the context object name it. */
export const logNamesOf = (deployment: Deployment, manifest: Manifest): LogNames => ({
  logGroupName: `/aws/lambda/${resourceName(deployment, manifest.name)}`,
  logStreamName: `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomBytes(16).toString("hex")}`,
});

export type EnvironmentInput = {
  declarations: Declarations;
  deployment: Deployment;
  manifest: Manifest;
  settings: Readonly<Record<string, string>>;
  /** Folder of the bundle. */
  taskRoot: string;
  awsUrl: string;
  secretAccessKey: string;
  logNames: LogNames;
};

/**
 * All of a function's `process.env`: what Terraform gives it and what Lambda adds. Nothing of the machine's own
 * environment is in it, so that no function depends on that.
 */
export const functionEnvironment = ({
  declarations,
  deployment,
  manifest,
  settings,
  taskRoot,
  awsUrl,
  secretAccessKey,
  logNames,
}: EnvironmentInput): Record<string, string> => {
  // An address and not `localhost`, because S3's client would put the bucket before a name.
  const endpoint = awsUrl.replace("//localhost", "//127.0.0.1");
  return {
    AWS_REGION: deployment.region,
    AWS_DEFAULT_REGION: deployment.region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: resourceName(deployment, manifest.name),
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(manifest.memoryMb),
    // Without it Powertools never reports a cold start.
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logNames.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logNames.logStreamName,
    // The access key is the function's name: that is how the AWS port knows who calls.
    AWS_ACCESS_KEY_ID: manifest.name,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: "local",
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    // The same host as in the queues' URLs, because otherwise the client warns at its first call that they
    // differ.
    AWS_ENDPOINT_URL_SQS: deployment.queueOrigin,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: "handler.handler",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    ...environmentOf(declarations, deployment, manifest, settings),
  };
};
