import { defineConfig } from 'vite';

const SERVICE = 'http://127.0.0.1:8080';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/apps/web',
    emptyOutDir: true,
    target: 'es2022',
    // Every browser that runs es2022 preloads modules by itself.
    modulePreload: { polyfill: false },
    // One entry a page: the marketers' console is to stand beside this one, not inside it.
    rolldownOptions: { input: { chat: 'index.html' } },
  },
  server: {
    proxy: { '/api': SERVICE, '/socket.io': { target: SERVICE, ws: true } },
  },
});
