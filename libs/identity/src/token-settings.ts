import type { Config } from '@app/config';
import type { TokenSettings } from './tokens.js';

/** What a process's settings say of tokens. */
export function tokenSettingsOf(config: Config): TokenSettings {
  const { JWT_SECRET: secret, JWKS_URL: jwksUrl } = config;
  return {
    ...(secret === undefined ? {} : { secret }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    jwksRefreshSeconds: config.JWKS_REFRESH_SECONDS,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    clockToleranceSeconds: config.JWT_CLOCK_TOLERANCE_SECONDS,
  };
}
