/** The port of `npm start`, where nothing else is said. */
const AWS_PORT_USUAL = "4566";

/**
 * Sets the AWS variables for a command that is given an environment and perhaps an endpoint: without one,
 * `local` is the local platform's, and any other environment is as the AWS variables and profile say. Call it
 * before a module is imported that makes a client, because clients read the variables once.
 */
export const useAws = (environment: string, given: string | undefined): void => {
  const { AWS_ENDPOINT_URL, AWS_PORT = AWS_PORT_USUAL } = process.env;
  const isLocal = environment === "local" && AWS_ENDPOINT_URL === undefined;
  const endpoint = given ?? (isLocal ? `http://localhost:${AWS_PORT}` : undefined);
  if (endpoint === undefined) return;
  process.env.AWS_ENDPOINT_URL = endpoint;
  // Before a name the client of S3 puts the bucket, which no resolver knows below localhost.
  process.env.AWS_ENDPOINT_URL_S3 = endpoint.replace("//localhost", "//127.0.0.1");
  process.env.AWS_ACCESS_KEY_ID ??= "local";
  process.env.AWS_SECRET_ACCESS_KEY ??= "local";
  process.env.AWS_REGION ??= "us-east-1";
};
