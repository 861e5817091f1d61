import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useAws } from "./aws-environment.ts";

beforeEach(() => vi.stubEnv("AWS_ENDPOINT_URL", undefined));
afterEach(() => vi.unstubAllEnvs());

describe("the AWS endpoint of a script", () => {
  it("of the local environment is the platform's, at AWS_PORT or else at 4566", () => {
    vi.stubEnv("AWS_PORT", undefined);
    useAws("local", undefined);
    const usual = process.env.AWS_ENDPOINT_URL;

    vi.stubEnv("AWS_ENDPOINT_URL", undefined);
    vi.stubEnv("AWS_PORT", "6000");
    useAws("local", undefined);

    expect(usual).toBe("http://localhost:4566");
    expect(process.env.AWS_ENDPOINT_URL).toBe("http://localhost:6000");
    expect(process.env.AWS_ENDPOINT_URL_S3).toBe("http://127.0.0.1:6000");
  });

  it("is what is given or set, before the platform's, and AWS's own in another environment", () => {
    useAws("dev", undefined);
    const ofDev = process.env.AWS_ENDPOINT_URL;
    useAws("dev", "http://localhost:7000");
    const given = process.env.AWS_ENDPOINT_URL;
    useAws("local", undefined);

    expect([ofDev, given]).toEqual([undefined, "http://localhost:7000"]);
    expect(process.env.AWS_ENDPOINT_URL).toBe("http://localhost:7000");
  });
});
