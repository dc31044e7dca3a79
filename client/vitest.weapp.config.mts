import shared from "./vitest.config.mts";

/** The screens of the built mini-program (`npm run build:weapp` first). */
export default { ...shared, test: { ...shared.test, include: ["tests/weapp/*.test.ts"], testTimeout: 240_000, fileParallelism: false } };
