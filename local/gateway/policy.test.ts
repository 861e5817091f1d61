import { describe, expect, it } from "vitest";
import { readPolicy } from "./policy.ts";

const API = "arn:aws:execute-api:us-east-1:000000000000:local/local";
const statement = (effect: string, ...resources: string[]) => ({
  Action: "execute-api:Invoke",
  Effect: effect,
  Resource: resources.map((resource) => `${API}/${resource}`),
});

describe("an authorizer's policy", () => {
  it.each([
    ["GET/data", true],
    ["GET/data/1", false],
    ["GET/logs/a/b", true],
    ["GET/a.c", true],
    ["GET/abc", false],
    ["GET/x1", true],
    ["GET/x12", false],
    ["POST/data", false],
    ["POST/data/1", false],
    ["DELETE/data", false],
  ])("opens %s: %s", (resource, opens) => {
    const permits = readPolicy({
      Version: "2012-10-17",
      Statement: [
        statement("Allow", "GET/data", "GET/logs/*", "GET/a.c", "GET/x?", "POST/*"),
        statement("Deny", "POST/data*"),
      ],
    });

    expect(permits(`${API}/${resource}`)).toBe(opens);
  });

  it("opens nothing by another action, and takes one statement alone", () => {
    const other = readPolicy({ Statement: { Action: "s3:*", Effect: "Allow", Resource: "*" } });
    const all = readPolicy({
      Statement: { Action: ["s3:*", "execute-api:*"], Effect: "Allow", Resource: "*" },
    });

    expect(other(`${API}/GET/data`)).toBe(false);
    expect(all(`${API}/GET/data`)).toBe(true);
  });

  it.each([
    [undefined],
    ["text"],
    [{}],
    [{ Statement: [{ Action: "*", Effect: "allow", Resource: "*" }] }],
    [{ Statement: [{ Action: "*", Effect: "Allow" }] }],
    [{ Statement: [{ Action: "*", Effect: "Allow", Resource: [] }] }],
    [{ Statement: [{ Action: 1, Effect: "Allow", Resource: "*" }] }],
  ])("is refused when it is %j", (document) => {
    expect(() => readPolicy(document)).toThrow(TypeError);
  });
});
