import { defineConfig } from 'vitest/config';
export default defineConfig({ resolve: { tsconfigPaths: true }, test: { name: 'tmp', include: ['apps/web/test/console*.e2e-spec.ts'], globalSetup: ['/tmp/console-setup.ts'], testTimeout: 60000, hookTimeout: 120000, fileParallelism: false } });
