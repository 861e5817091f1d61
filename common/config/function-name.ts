/**
 * The name of the function that runs here, for example `events-reader`: what Terraform and the local platform
 * set for every function. `unknown` where no function runs.
 */
export const functionName = (): string => process.env.POWERTOOLS_SERVICE_NAME ?? "unknown";
