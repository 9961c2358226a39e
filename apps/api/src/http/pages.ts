import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { RefusalError } from '@app/contracts';
import { problemOf } from './problem.filter.js';
import compression from 'compression';
import express, { type Request, type Response } from 'express';

/** Built by `vite build apps/web`; names in assets/ carry a hash of what is inside, so they may be kept for ever. */
const PAGES = fileURLToPath(new URL('../../../web/', import.meta.url));
const ASSET_SECONDS = 31_536_000;

/** Nest answers for unknown calls under its prefix; beside it Express would, with a page of its own. */
const BESIDE_THE_API = /^\/api(?!\/(v1|docs|docs-json|sockets-json)(\/|$))/;

export function refuseBesideTheApi(app: NestExpressApplication): void {
  app.use((request: Request, response: Response, next: () => void) => {
    if (!BESIDE_THE_API.test(request.path)) next();
    else
      response
        .status(404)
        .type('application/problem+json')
        .send(JSON.stringify(problemOf(new RefusalError('not_found'))));
  });
}

export function servePages(app: NestExpressApplication): void {
  if (!existsSync(PAGES)) return;
  app.use(
    compression(),
    express.static(PAGES, {
      setHeaders: (response: Response, path: string) => {
        const kept = path.includes('/assets/');
        response.setHeader(
          'Cache-Control',
          kept ? `public, max-age=${ASSET_SECONDS}, immutable` : 'no-cache',
        );
      },
    }),
  );
  // Pages have no routes of their own on the server: a link into the app opens the app.
  app.use((request: Request, response: Response, next: () => void) => {
    const isPage =
      request.method === 'GET' &&
      !/^\/(api|socket\.io|healthz|readyz|metrics|internal|assets)(\/|$)/.test(request.path);
    const page = /^\/console(\/|$)/.test(request.path) ? 'console.html' : 'index.html';
    if (isPage && request.accepts('html'))
      response.setHeader('Cache-Control', 'no-cache').sendFile(page, { root: PAGES });
    else next();
  });
}
