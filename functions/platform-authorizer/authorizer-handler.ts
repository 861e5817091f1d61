import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import middy from "@middy/core";
import type { APIGatewayAuthorizerResult } from "aws-lambda";
import { Unauthorized } from "#common/auth/refusal.ts";
import type { AuthorizerEvent } from "./authorize.ts";

/**
 * Wraps the authorizer. AWS counts a refused token as an error of the function, so its alarm watches the
 * metric `AuthorizerFault` instead, which counts only what was nobody's bad token.
 */
export const authorizerHandler = (deed: (event: AuthorizerEvent) => Promise<APIGatewayAuthorizerResult>) => {
  const logger = new Logger();
  const metrics = new Metrics();

  const onError = ({ error }: { error?: Error | null | undefined }): void => {
    if (error instanceof Unauthorized) {
      logger.info("token refused", { reason: error.reason });
      return;
    }
    logger.error("authorizer failed", { error });
    metrics.addMetric("AuthorizerFault", MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };

  return middy<AuthorizerEvent, APIGatewayAuthorizerResult>().onError(onError).handler(deed);
};
