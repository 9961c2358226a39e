import { configOrExit } from '@app/config';
import { lifeline, makeLogger } from '@app/observability';
import { Demo } from './demo.js';

const config = configOrExit();
const logger = makeLogger('robots', config.LOG_LEVEL);
if (config.DEMO_ROBOTS === 0) {
  logger.info('DEMO_ROBOTS is 0: no robots');
} else {
  const demo = new Demo(config, logger);
  lifeline(logger, config.STOP_SECONDS_MAX, () => Promise.resolve(demo.stop()));
  demo.start();
  logger.info({ robots: config.DEMO_ROBOTS }, 'robots are on their way to the demo room');
}
