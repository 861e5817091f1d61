import type { Platform } from "../platform.ts";
import { sampleCommands, tokenLine, typedFolder } from "../welcome/commands.ts";
import { DOCS } from "../welcome/welcome.ts";
import type { Flags } from "./flags.ts";

/** What `npm start` prints: where everything is, and commands to type into another shell. */
export const summaryOf = ({ url, awsUrl }: Pick<Platform, "url" | "awsUrl">, flags: Flags): string => {
  const data = typedFolder(flags.data);
  return `Millrace is up.

  HTTP API      ${url}
  OpenAPI       ${url}/openapi.json
  Token keys    ${url}/.well-known/jwks.json
  AWS endpoint  ${awsUrl}  (access key and secret: local, region: us-east-1)
  Data          ${data}  (--fresh empties it)
  Logs          ${data}/logs/<function>.log
  Docs          ${DOCS.join(", ")}
${flags.chaos > 0 ? `  Chaos         ${flags.chaos} of AWS calls and invocations fail\n` : ""}
Try it from another shell, in this folder. The token is good for an hour; the first line makes another one.

${[tokenLine(flags.data), ...sampleCommands(url)].map((line) => `  ${line}`).join("\n")}

Ctrl-C stops it.
`;
};
