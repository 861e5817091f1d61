import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sampleCommands, tokenLine } from "#local/welcome/commands.ts";

it("the README has the commands that npm start prints", () => {
  const readme = readFileSync("README.md", "utf8");

  expect(readme).toContain([tokenLine(".millrace"), ...sampleCommands("http://localhost:4000")].join("\n"));
});
