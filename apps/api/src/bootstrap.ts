import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { configOrExit } from '@app/config';
import { JSON_BYTES_MAX } from '@app/contracts';
import { lifeline, limitSlowClients, makeLogger, nestLogger } from '@app/observability';
import { ApiModule } from './api.module.js';
import { serveCovers } from './covers/serve-covers.js';
import { logRequests } from './http/request-log.js';
import { offerDocuments } from './http/documents.js';
import { refuseBesideTheApi, servePages } from './http/pages.js';

export async function bootstrap(): Promise<void> {
  const config = configOrExit();
  const logger = makeLogger('api', config.LOG_LEVEL);
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(config, logger), {
    logger: nestLogger(logger),
    bodyParser: false,
    // Signed calls are signed over the bytes as they came.
    rawBody: true,
    abortOnError: false,
  });
  app.set('trust proxy', 'loopback, linklocal, uniquelocal');
  app.disable('x-powered-by');
  app.useBodyParser('json', { limit: JSON_BYTES_MAX });
  app.use(helmet(helmetOptions));
  app.use(logRequests(logger));
  // Pages of the origins that may connect may call as well: with a bearer token, which no browser sends by itself.
  if (config.ALLOWED_ORIGINS.length > 0) app.enableCors(corsOptions(config.ALLOWED_ORIGINS));
  app.setGlobalPrefix('api/v1', {
    exclude: [
      'healthz',
      'readyz',
      'metrics',
      'internal/metrics',
      'internal/live-packets',
      'internal/revocations',
      'internal/rooms/:roomId/members-among',
    ],
  });
  offerDocuments(app);
  refuseBesideTheApi(app);
  serveCovers(app);
  servePages(app);
  lifeline(logger, config.STOP_SECONDS_MAX, () => app.close());
  // It keeps idle connections as long as the gateway, whose agent lets them go first.
  limitSlowClients(app.getHttpServer());
  await app.listen(config.API_PORT, config.HOST);
  logger.info({ port: config.API_PORT }, 'listening');
}

const corsOptions = (origin: string[]) => ({
  ...{ origin, credentials: false, maxAge: 600, methods: ['GET', 'POST', 'PATCH', 'DELETE'] },
  allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
  exposedHeaders: ['X-Next-Cursor', 'Retry-After', 'X-Request-Id'],
});

const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      // Sockets to where the page is from, and nowhere else.
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
    },
  },
  // Plain HTTP on one machine is a supported way to run; TLS and its headers belong to what stands in front.
  strictTransportSecurity: false,
};
