import { configDefaults, defineConfig } from 'vitest/config';

/** At once, of unit, integration and e2e together. Of e2e each worker has a whole service: on two cores a third would starve. */
const WORKERS = 2;

/**
 * End-to-end tests that need the machine for themselves: they measure what something costs or how late it comes, or let
 * hundreds of people loose at once, whose answers have deadlines.
 */
const ALONE = [
  'apps/api/test/audiences.e2e-spec.ts',
  'apps/gateway/test/campaign-audience.e2e-spec.ts',
  'apps/gateway/test/campaign-caps.e2e-spec.ts',
  'apps/gateway/test/campaign-pause.e2e-spec.ts',
  'apps/gateway/test/campaign-quiz.e2e-spec.ts',
  'apps/gateway/test/campaign-rain.e2e-spec.ts',
  'apps/gateway/test/mass-grab.e2e-spec.ts',
  'apps/gateway/test/two-gateways.e2e-spec.ts',
  'apps/launcher/test/launcher.e2e-spec.ts',
  'apps/worker/test/drops-on-time.e2e-spec.ts',
  'apps/worker/test/redis-cluster.e2e-spec.ts',
  'load-tests/**/test/**/*.e2e-spec.ts',
];

/** Plays on all cores, and says how many runs that were in a second. */
const SIMULATION = 'apps/worker/test/simulation/simulation.spec.ts';

/** What a project of tests may need: unit nothing, simulation all cores, integration real stores, e2e real processes and a browser. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    maxWorkers: WORKERS,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs}/**/{src,test}/**/*.spec.ts', 'load-tests/**/*.spec.ts'],
          exclude: [...configDefaults.exclude, SIMULATION],
          // A process and a fresh set of modules for each of 100 small files was more than half of their CPU (60 s, now 27).
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'simulation', include: [SIMULATION], sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{apps,libs}/**/test/**/*.int-spec.ts'],
          globalSetup: [
            'libs/local-stack/test/stores.global-setup.ts',
            'apps/launcher/test/build.global-setup.ts',
          ],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['{apps,libs}/**/test/**/*.e2e-spec.ts'],
          exclude: [...configDefaults.exclude, ...ALONE],
          globalSetup: ['apps/launcher/test/service.global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-alone',
          include: ALONE,
          globalSetup: ['apps/launcher/test/service.global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Vitest keeps these for the end, when nothing else runs any more.
          fileParallelism: false,
        },
      },
    ],
  },
});
