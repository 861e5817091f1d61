import { describe, expect, it } from "vitest";
import { isLoopbackHost } from "./loopback.ts";

describe("a Host header", () => {
  it.each([
    "localhost",
    "LOCALHOST:4000",
    "127.0.0.1:4566",
    "127.8.9.1",
    "[::1]:4000",
    "go.localhost:4000",
    "credit-union-1.go.localhost",
  ])("%s names this machine", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "notlocalhost",
    "evil.example:4566",
    "localhost:4000, evil.example",
    "localhost@evil.example",
    "0.0.0.0:4000",
    "192.168.1.7",
    ".localhost",
    "127.1",
    "[::]:4000",
  ])("%s does not", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
