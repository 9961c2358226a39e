import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { configOrExit } from '@app/config';
import { lifeline, makeLogger, nestLogger } from '@app/observability';
import { WorkerModule } from './worker.module.js';

export async function bootstrap(): Promise<void> {
  const config = configOrExit();
  const logger = makeLogger('worker', config.LOG_LEVEL);
  const app = await NestFactory.create(WorkerModule.with(config, logger), {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  lifeline(logger, config.STOP_SECONDS_MAX, () => app.close());
  await app.listen(config.WORKER_PORT, config.HOST);
  logger.info({ port: config.WORKER_PORT }, 'listening');
}
