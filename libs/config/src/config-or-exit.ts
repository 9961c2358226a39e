import { ConfigError, parseConfig, type Config } from './config.js';

/** A wrong setting stops the process with its name; that is for a person to read, so it is no stack trace. */
export function configOrExit(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
