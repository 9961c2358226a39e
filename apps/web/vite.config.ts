import { defineConfig, type Plugin } from 'vite';

const SERVICE = 'http://127.0.0.1:8080';

/** As the service does: every path under /console is the console's own. */
const consolePaths: Plugin = {
  name: 'console-paths',
  configureServer({ middlewares }) {
    middlewares.use((request, _response, next) => {
      if (/^\/console(\/|$)/.test(request.url ?? '')) request.url = '/console.html';
      next();
    });
  },
};

/** Nothing happens where these are imported: schemas and tables that a page does not use are left out of it. */
const treeshake = {
  moduleSideEffects: [{ test: /[/\\]libs[/\\](contracts|client)[/\\]src[/\\]/, sideEffects: false }],
};

export default defineConfig({
  plugins: [consolePaths],
  resolve: { tsconfigPaths: true },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/apps/web',
    emptyOutDir: true,
    target: 'es2022',
    // Every browser that runs es2022 preloads modules by itself.
    modulePreload: { polyfill: false },
  },
  /**
   * One build a page. Built together they would share chunks, which cost the chat page 0.5 KB (gzip): pieces compress worse,
   * and carry what only the console needs. Hardly anyone opens both.
   */
  builder: {
    async buildApp({ build, environments }) {
      await build(environments['client']!);
      await build(environments['console']!);
    },
  },
  environments: {
    client: { build: { rolldownOptions: { treeshake, input: { chat: 'index.html' } } } },
    console: {
      consumer: 'client',
      build: {
        emptyOutDir: false,
        copyPublicDir: false,
        rolldownOptions: { treeshake, input: { console: 'console.html' } },
      },
    },
  },
  server: {
    proxy: { '/api': SERVICE, '/covers': SERVICE, '/socket.io': { target: SERVICE, ws: true } },
  },
});
