import {defineConfig} from 'vitest/config';

// Three kinds of tests, apart because of what they need: plain ones; the built program in a pty; and those on
// a real Docker engine and registry, which run one file at a time because they share that engine.
export default defineConfig({
  // React is the production one, which has no jsxDEV.
  oxc: {jsx: {runtime: 'automatic', development: false}},
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: {NODE_ENV: 'production', TZ: 'UTC', LANG: 'C.UTF-8'},
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**', 'test/real/**'],
          setupFiles: ['test/helpers/property-seed.ts'],
        },
      },
      {extends: true, test: {name: 'program', include: ['test/e2e/**/*.test.{ts,tsx}'], testTimeout: 60_000}},
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.{ts,tsx}'],
          fileParallelism: false,
          testTimeout: 120_000,
          globalSetup: ['test/real/engine-for-tests.ts', 'test/real/kubernetes-for-tests.ts'],
        },
      },
    ],
  },
});
