/** The default port of `npm start`'s AWS endpoint. */
const AWS_PORT_USUAL = "4566";

/**
 * Sets the AWS variables for a command that takes an environment and perhaps an endpoint. Without an endpoint,
 * `local` means the local platform's, and any other environment means AWS as the variables and the profile say.
 * Call it before the import of a module that makes a client, because clients read the variables once.
 */
export const useAws = (environment: string, given: string | undefined): void => {
  const { AWS_ENDPOINT_URL, AWS_PORT = AWS_PORT_USUAL } = process.env;
  const isLocal = environment === "local" && AWS_ENDPOINT_URL === undefined;
  const endpoint = given ?? (isLocal ? `http://localhost:${AWS_PORT}` : undefined);
  if (endpoint === undefined) return;
  process.env.AWS_ENDPOINT_URL = endpoint;
  // An address, because S3's client puts the bucket before a name, and no resolver knows `<bucket>.localhost`.
  process.env.AWS_ENDPOINT_URL_S3 = endpoint.replace("//localhost", "//127.0.0.1");
  process.env.AWS_ACCESS_KEY_ID ??= "local";
  process.env.AWS_SECRET_ACCESS_KEY ??= "local";
  process.env.AWS_REGION ??= "us-east-1";
};
