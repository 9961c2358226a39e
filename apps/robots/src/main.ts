import { configOrExit } from '@app/config';
import { lifeline, makeLogger } from '@app/observability';
import { Demo } from './demo.js';
import { Rehearsals } from './rehearsals/rehearsals.js';

const config = configOrExit();
const logger = makeLogger('robots', config.LOG_LEVEL);
if (!config.JWT_SECRET) {
  process.stderr.write(
    'The settings are not usable:\n  JWT_SECRET must be set for robots: they sign their own tokens\n',
  );
  process.exit(1);
}
const rehearsals = new Rehearsals(config, logger);
const demo = config.DEMO_ROBOTS > 0 ? new Demo(config, logger) : undefined;
lifeline(logger, config.STOP_SECONDS_MAX, async () => {
  demo?.stop();
  await rehearsals.stop();
});
demo?.start();
logger.info({ demoRobots: config.DEMO_ROBOTS }, 'robots wait for rehearsals');
