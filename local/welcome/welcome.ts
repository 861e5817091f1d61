import type { RestRoute } from "../gateway/routes.ts";
import { tokenLine } from "./commands.ts";

/** What `GET /` of the front door says. */
export type Welcome = {
  name: string;
  version: string;
  description: string;
  openapi: string;
  health: string;
  keys: string;
  aws: string;
  docs: string[];
  token: string;
  routes: { route: string; role: string | null }[];
};

export const DOCS = ["README.md", "docs/", "CHANGELOG.md"];

export type WelcomeOptions = {
  url: string;
  awsUrl: string;
  version: string;
  dataFolder: string;
  routes: readonly RestRoute[];
};

export const welcome = ({ url, awsUrl, version, dataFolder, routes }: WelcomeOptions): Welcome => ({
  name: "Millrace",
  version,
  description: "An event platform on AWS; this one runs on your own machine, for development and tests.",
  openapi: `${url}/openapi.json`,
  health: `${url}/health`,
  keys: `${url}/.well-known/jwks.json`,
  aws: awsUrl,
  docs: DOCS,
  token: tokenLine(dataFolder),
  routes: routes.map(({ method, resource, role }) => ({ route: `${method} ${resource}`, role })),
});
