import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configOrExit } from '@app/config';
import { lifeline, makeLogger, nestLogger } from '@app/observability';
import { GatewayModule } from './gateway.module.js';
import { handOnToApi } from './http/api-proxy.js';
import { refuseLargeBodies } from './http/refuse-large-bodies.js';
import { GatewayParts } from './parts.js';
import { HongbaoIoAdapter } from './sockets/hongbao-io.adapter.js';

/** Longer than most load balancers keep an idle connection, so that it is never the gateway that hangs up on a request. */
const IDLE_CONNECTION_MS = 65_000;
const HEADERS_MS_MAX = 10_000;
/** How often Node looks for those that are late; by default every half minute. */
const LATE_LOOK_MS = 2_000;
/** A list of a million ids over a slow line takes minutes; headers have seconds, and a body has its own size limit. */
const REQUEST_MS_MAX = 300_000;

export async function bootstrap(): Promise<void> {
  const config = configOrExit();
  const logger = makeLogger('gateway', config.LOG_LEVEL);
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.with(config, logger), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.useWebSocketAdapter(new HongbaoIoAdapter(app, app.get(GatewayParts)));
  app.use(refuseLargeBodies);
  app.use(handOnToApi(config, logger));
  lifeline(logger, config.STOP_SECONDS_MAX, () => app.close());
  const server = app.getHttpServer();
  // Read when it begins to listen.
  Object.assign(server, { connectionsCheckingInterval: LATE_LOOK_MS });
  await app.listen(config.PORT, config.HOST);
  server.keepAliveTimeout = IDLE_CONNECTION_MS;
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  logger.info({ port: config.PORT }, 'listening');
}
