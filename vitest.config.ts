import { defineConfig } from 'vitest/config';

/** What a project of tests may need: unit nothing, integration real stores, e2e real processes and a browser. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['{apps,libs,load-tests}/**/src/**/*.spec.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{apps,libs}/**/test/**/*.int-spec.ts'],
          globalSetup: ['libs/local-stack/test/stores.global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['{apps,libs}/**/test/**/*.e2e-spec.ts'],
          globalSetup: ['apps/launcher/test/service.global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
