import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { curlLine } from "./curl.ts";

/** What a shell makes of the line: the arguments of `curl`. */
const argumentsOf = (line: string): string[] =>
  execFileSync("sh", ["-c", `curl() { for one in "$@"; do printf '%s\\0' "$one"; done; }; ${line}`])
    .toString("utf8")
    .split("\0")
    .slice(0, -1);

describe("a request as a curl line", () => {
  const keep = () => "kept";

  it("has every byte of path, headers and body as they were sent", () => {
    const headers = [
      ["x-odd", `it's "$HOME" \\`],
      ["x-empty", ""],
    ] as const;
    const body = Buffer.from(`{"a":"it's $HOME"}`);

    const line = curlLine(
      { method: "PUT", path: "/a?b='%zz'", headers, body },
      { commands: new Map(), keep },
    );

    expect(argumentsOf(line).slice(4)).toEqual([
      ...["-X", "PUT", "-H", `x-odd: it's "$HOME" \\`, "-H", "x-empty;"],
      ...["--data-binary", `{"a":"it's $HOME"}`, "http://localhost:4000/a?b='%zz'"],
    ]);
  });

  it("makes its token by a command, and keeps a body that is no plain text in a file", () => {
    const headers = [["authorization", "Bearer e.y.J"]] as const;
    const request = { method: "POST", path: "/data", headers, body: Buffer.from([0xff]) };

    const line = curlLine(request, { commands: new Map([["e.y.J", "echo made"]]), keep });

    expect(argumentsOf(line)).toEqual(
      expect.arrayContaining(["authorization: Bearer made", "--data-binary", "@kept"]),
    );
    expect(line).not.toContain("e.y.J");
  });
});
