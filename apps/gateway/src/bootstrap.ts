import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { configOrExit } from '@app/config';
import { lifeline, limitSlowClients, makeLogger, nestLogger } from '@app/observability';
import { GatewayModule } from './gateway.module.js';
import { handOnToApi } from './http/api-proxy.js';
import { refuseLargeBodies } from './http/refuse-large-bodies.js';
import { GatewayParts } from './parts.js';
import { HongbaoIoAdapter } from './sockets/hongbao-io.adapter.js';

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
  limitSlowClients(app.getHttpServer());
  await app.listen(config.PORT, config.HOST);
  logger.info({ port: config.PORT }, 'listening');
}
