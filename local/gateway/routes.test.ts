import { describe, expect, it } from "vitest";
import { type RestRoute, routeTable } from "./routes.ts";

const route = (text: string): RestRoute => {
  const [method = "", resource = ""] = text.split(" ");
  return { functionName: text, method, resource, resourceId: "x", role: null };
};

const find = routeTable(
  [
    "GET /",
    "GET /data",
    "POST /data",
    "GET /data/{id}",
    "GET /data/stats",
    "GET /data/{id}/parts/{part}",
    "PUT /data/{name}",
    "GET /files/{path+}",
  ].map(route),
);

describe("finding a route", () => {
  it.each([
    ["GET", "/", "GET /", null],
    ["GET", "/data", "GET /data", null],
    ["POST", "/data", "POST /data", null],
    ["GET", "/data/a1", "GET /data/{id}", { id: "a1" }],
    ["PUT", "/data/a1", "PUT /data/{name}", { name: "a1" }],
    ["GET", "/data/stats", "GET /data/stats", null],
    ["GET", "/data/a1/parts/2", "GET /data/{id}/parts/{part}", { id: "a1", part: "2" }],
    ["GET", "/data/a%2Fb%20c", "GET /data/{id}", { id: "a%2Fb%20c" }],
    ["GET", "/data/%zz", "GET /data/{id}", { id: "%zz" }],
    // As recorded from AWS: an escape and a plain sign stay as they were sent, a last slash goes.
    [
      "GET",
      "/files/user/test%2Balias@example.com/plus/test+alias@example.com",
      "GET /files/{path+}",
      { path: "user/test%2Balias@example.com/plus/test+alias@example.com" },
    ],
    ["GET", "/files/a/", "GET /files/{path+}", { path: "a" }],
    ["GET", "/files/a/b/c.txt", "GET /files/{path+}", { path: "a/b/c.txt" }],
    ["GET", "/data/__proto__", "GET /data/{id}", { id: "__proto__" }],
  ])("%s %s is %s", (method, path, expected, parameters) => {
    expect(find(method, path)).toEqual({ route: route(expected), parameters });
  });

  it.each([
    ["DELETE", "/data"],
    ["HEAD", "/data"],
    ["OPTIONS", "/data"],
    ["GET", "/other"],
    ["GET", "/data/"],
    ["GET", "/data//parts/2"],
    ["GET", "/data/stats/parts/2"],
    ["GET", "/Data"],
    ["GET", "*"],
  ])("%s %s is none", (method, path) => {
    expect(find(method, path)).toBeUndefined();
  });
});
