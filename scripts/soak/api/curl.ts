import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WireRequest } from "#local/testing/api/wire.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const isPlain = (body: Buffer): boolean => /^[\x20-\x7e]{0,2000}$/.test(body.toString("latin1"));

/** A header for a shell; a token that a command makes is written as that command. */
const headerOption = (
  [name, value]: readonly [string, string],
  commands: ReadonlyMap<string, string>,
): string => {
  for (const [token, command] of commands) {
    if (value.endsWith(` ${token}`)) return `-H "${name}: ${value.slice(0, -token.length)}$(${command})"`;
  }
  return `-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`;
};

export type CurlOptions = {
  /** By token: the command that makes one like it. */
  commands: ReadonlyMap<string, string>;
  /** Keeps a body that cannot stand in a line, and answers the file's name. */
  keep: (body: Buffer) => string;
};

/** The request as a line for a shell, to the local platform. */
export const curlLine = (
  { method, path, headers, body }: WireRequest,
  { commands, keep }: CurlOptions,
): string => {
  const data = body && (isPlain(body) ? quoted(body.toString("latin1")) : quoted(`@${keep(body)}`));
  return [
    "curl -sS -i --path-as-is --globoff",
    method === "HEAD" ? "--head" : `-X ${method}`,
    ...headers.map((header) => headerOption(header, commands)),
    ...(data ? [`--data-binary ${data}`] : []),
    quoted(`http://localhost:4000${path}`),
  ].join(" ");
};

/** Keeps a body that is too long or odd for a line, and answers the file's name. */
export const keepBody =
  (seed: number, number: number) =>
  (body: Buffer): string => {
    const file = join(tmpdir(), `millrace-soak-api-${seed}-${number}.body`);
    writeFileSync(file, body);
    return file;
  };
