import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{common,functions,local,scripts,bench}/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
