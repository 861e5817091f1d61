import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Platform, type PlatformOptions, startPlatform } from "../platform.ts";

const root = resolve(import.meta.dirname, "../..");

export type Reply = { status: number; headers: Headers; body: unknown; text: string };

export type Request = {
  token?: string | undefined;
  headers?: Record<string, string>;
  /** A string or bytes as they are; anything else as JSON. */
  body?: unknown;
};

export type System = {
  platform: Platform;
  token(roles: string[], claims?: { sub?: string; organizationId?: string | null }): Promise<string>;
  call(route: string, request?: Request): Promise<Reply>;
  stop(): Promise<void>;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The whole platform with the bundles that are deployed, on free ports and in a folder of its own. */
export const startSystem = async (options: Partial<PlatformOptions> = {}): Promise<System> => {
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), "millrace-system-"));
  const platform = await startPlatform({
    functionsFolder: join(root, "functions"),
    bundlesFolder: join(root, "dist"),
    dataFolder: folder,
    port: 0,
    awsPort: 0,
    ...options,
  });
  return {
    platform,
    token: (roles, { sub = "alice", organizationId = "demo" } = {}) =>
      platform.token({
        sub,
        roles,
        ttlSeconds: 3600,
        ...(organizationId === null ? {} : { organizationId }),
      }),
    call: async (route, { token, headers = {}, body } = {}) => {
      const [method = "GET", path = "/"] = route.split(" ");
      const response = await fetch(`http://127.0.0.1:${platform.port}${path}`, {
        method,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined
          ? {}
          : {
              body:
                typeof body === "string" || body instanceof Uint8Array
                  ? (body as string)
                  : JSON.stringify(body),
            }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parse(text) };
    },
    stop: async () => {
      await platform.stop();
      if (options.dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
};
