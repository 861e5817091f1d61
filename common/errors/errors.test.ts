import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { problemOf } from "#common/http/problem.ts";
import responses from "#functions/gateway-responses.json" with { type: "json" };
import { AppError, toAppError } from "./app-error.ts";
import { ERRORS, type ErrorCode } from "./catalogue.ts";

const codes = Object.keys(ERRORS) as ErrorCode[];
/** What a gateway answers by itself, before any function runs or because none answered. */
const gatewayCodes = new Set([...Object.values(responses).map(({ code }) => code), "HEADERS_TOO_LARGE"]);

/** The sections of a handbook page by their headings. */
const sectionsOf = (page: string): Map<string, string> =>
  new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [heading = "", ...rest] = section.split("\n");
        return [heading.trim(), rest.join("\n")];
      }),
  );

/** Every difference between the codes that exist and the sections that explain them. */
const differences = (page: string, known: readonly string[]): string[] => {
  const sections = sectionsOf(page);
  return [
    ...known.filter((code) => !sections.has(code)).map((code) => `${code} has no section`),
    ...[...sections.keys()].filter((code) => !known.includes(code)).map((code) => `${code} is no code`),
    ...[...sections]
      .filter(
        ([, text]) => !/\*\*What happened\.\*\* \S/.test(text) || !/\*\*How to fix it\.\*\* \S/.test(text),
      )
      .map(([code]) => `${code} does not say what happened and how to fix it`),
  ];
};

describe("docs/errors.md", () => {
  const page = readFileSync("docs/errors.md", "utf8");

  it("explains every code and nothing else", () => {
    expect(differences(page, [...gatewayCodes.union(new Set<string>(codes))])).toEqual([]);
  });

  it("names the status of every code", () => {
    const sections = sectionsOf(page);

    expect(codes.filter((code) => !sections.get(code)?.includes(`Status ${ERRORS[code].status}`))).toEqual(
      [],
    );
  });

  it("is refused with a section missing, one too many, or one that does not say how to fix it", () => {
    const bad =
      "# Errors\n\n## A\n\n**What happened.** x\n\n## B\n\n**What happened.** x\n\n**How to fix it.** y\n";

    expect(differences(bad, ["A", "C"])).toEqual([
      "C has no section",
      "B is no code",
      "A does not say what happened and how to fix it",
    ]);
  });
});

describe("the catalogue", () => {
  it("gives each code a sentence and a title", () => {
    for (const code of codes) {
      const problem = problemOf(new AppError(code), "request-1");

      expect(problem.detail).toMatch(/\.$/);
      expect(problem.title).not.toBe("Error");
      expect(problem.type).toBe(`urn:millrace:problem:${code.toLowerCase().replaceAll("_", "-")}`);
    }
  });

  it("keeps from the caller what is for operators", () => {
    const error = new AppError("NOT_FOUND", { internal: "secret table", cause: new Error("secret cause") });

    expect(JSON.stringify(problemOf(error, "request-1"))).not.toContain("secret");
  });

  it.each([
    [{ name: "ThrottlingException", $fault: "client", $metadata: {} }, "DEPENDENCY_FAILED"],
    [{ name: "InternalServerError", $fault: "server", $metadata: {} }, "DEPENDENCY_FAILED"],
    [{ name: "TimeoutError", $metadata: { attempts: 4 } }, "DEPENDENCY_FAILED"],
    [{ name: "AccessDeniedException", $fault: "client", $metadata: {} }, "UNEXPECTED"],
    [{ name: "ValidationException", $fault: "client", $metadata: {} }, "UNEXPECTED"],
  ])("distinguishes a service that fails from a call that is wrong: %j is %s", (fields, code) => {
    expect(toAppError(Object.assign(new Error("no"), fields))).toMatchObject({ code, retry: true });
  });

  it("makes everything that is not listed UNEXPECTED, with its cause", () => {
    const cause = new Error("oh");

    expect(toAppError(cause)).toMatchObject({ code: "UNEXPECTED", status: 500, retry: true, cause });
    expect(toAppError(undefined)).toMatchObject({ code: "UNEXPECTED" });
  });
});
