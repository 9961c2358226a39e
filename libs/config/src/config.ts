import { settingsSchema, type Settings } from './schema.js';

/** The settings, with the three Redis roles resolved and frozen. Parsed once for each process. */
export type Config = Readonly<
  Omit<Settings, 'REDIS_URL' | 'REDIS_MONEY_URL' | 'REDIS_QUEUE_URL' | 'REDIS_SOCKET_URL'> & {
    REDIS_MONEY_URL: string;
    REDIS_QUEUE_URL: string;
    REDIS_SOCKET_URL: string;
    isProduction: boolean;
  }
>;

/** Names each setting that is wrong and what was expected. The process that sees it stops. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** An empty value counts as not set, as it does in compose files. Throws ConfigError. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map(({ path, message, input }) =>
        input === undefined && given[String(path[0])] === undefined
          ? `${path.join('.')} is not set and has no default`
          : `${path.join('.')} ${message}`,
      ),
    );
  }
  const { REDIS_URL, ...settings } = parsed.data;
  const config = {
    ...settings,
    REDIS_MONEY_URL: settings.REDIS_MONEY_URL ?? REDIS_URL ?? '',
    REDIS_QUEUE_URL: settings.REDIS_QUEUE_URL ?? REDIS_URL ?? '',
    REDIS_SOCKET_URL: settings.REDIS_SOCKET_URL ?? REDIS_URL ?? '',
    isProduction: settings.NODE_ENV === 'production',
  };
  const problems = relationProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** Relations between settings, which no single one can show. */
function relationProblems(config: Config): string[] {
  const problems: string[] = [];
  if (!config.REDIS_MONEY_URL || !config.REDIS_QUEUE_URL || !config.REDIS_SOCKET_URL) {
    problems.push('REDIS_URL must be set, or all of REDIS_MONEY_URL, REDIS_QUEUE_URL and REDIS_SOCKET_URL');
  }
  for (const name of ['REDIS_QUEUE_URL', 'REDIS_SOCKET_URL'] as const) {
    if (URL.canParse(config[name]) && new URL(config[name]).searchParams.has('cluster'))
      problems.push(`${name} must not name a cluster; only REDIS_MONEY_URL may`);
  }
  if (!config.JWT_SECRET && !config.JWKS_URL)
    problems.push('JWT_SECRET is not set and has no default; without it JWKS_URL must be set');
  if (config.DEV_TOKENS && !config.JWT_SECRET)
    problems.push('DEV_TOKENS must be false without JWT_SECRET: there is nothing to sign them with');
  if (config.SHARE_MIN > config.SHARE_MAX) problems.push('SHARE_MIN must not be over SHARE_MAX');
  if (config.isProduction) {
    if (config.DEV_TOKENS)
      problems.push('DEV_TOKENS must be false in production: anyone could sign in as anyone');
    if (config.SANDBOX_TOPUPS)
      problems.push('SANDBOX_TOPUPS must be false in production: it makes money from nothing');
    if (config.JWKS_URL && !config.JWKS_URL.startsWith('https://'))
      problems.push(
        'JWKS_URL must be https in production: whoever stands in between could sign in as anyone',
      );
    if (config.DEMO_ROBOTS > 0) problems.push('DEMO_ROBOTS must be 0 in production');
  }
  return problems;
}
