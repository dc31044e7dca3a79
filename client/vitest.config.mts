import { defineConfig } from "vitest/config";

const source = new URL("./src", import.meta.url).pathname;

export default defineConfig({
  esbuild: { jsx: "automatic" },
  resolve: {
    alias: { "@": source },
    extensions: [".h5.tsx", ".h5.ts", ".tsx", ".ts", ".js", ".json"],
  },
  test: { include: ["tests/*.test.{ts,tsx}"], environment: "node", reporters: ["dot"], testTimeout: 20_000 },
});
