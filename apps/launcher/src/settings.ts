import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseConfig, settingsSchema, type Config } from '@app/config';
import { freePort } from '@app/local-stack';

export type Environment = Record<string, string>;

/** Stand for what exists only later, so that every other setting can be checked before anything heavy starts. */
const PLACEHOLDER_DATABASE_URL = 'postgres://embedded';
const PLACEHOLDER_REDIS_URL = 'redis://embedded';

/**
 * On one machine with its load test; limits by user stay as in production. All of them give way to what the environment
 * or `.env` says.
 */
const developmentDefaults: Environment = {
  NODE_ENV: 'development',
  DEV_TOKENS: 'true',
  SANDBOX_TOPUPS: 'true',
  DEMO_ROBOTS: '3',
  ADDRESS_EVENTS_PER_10_SECONDS: '10000000',
  ADDRESS_REQUESTS_PER_10_SECONDS: '1000000',
  ADDRESS_CONNECTIONS_PER_10_SECONDS: '1000000',
};

/** The launcher gives each process 3 s of its 10; a process that knows can finish in order. */
const STOP_SECONDS_MAX = '3';

/** What the person set: the environment over `.env`, empty values as not set. */
export function givenSettings(env: Record<string, string | undefined>, envFile?: string): Environment {
  const fromFile = envFile && existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : {};
  return { ...withoutEmpty(fromFile), ...withoutEmpty(env) };
}

const withoutEmpty = (env: Record<string, string | undefined>): Environment =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));

/** Which stores are to be started here because nobody gave a URL. */
export function embeddedStores(given: Environment): { postgres: boolean; redis: boolean } {
  return {
    postgres: !given.DATABASE_URL,
    redis: !given.REDIS_URL && !(given.REDIS_MONEY_URL && given.REDIS_QUEUE_URL && given.REDIS_SOCKET_URL),
  };
}

/** Throws ConfigError, with names, when what was given can't work. Secrets of development need not exist yet. */
export function checkSettings(given: Environment): Config {
  const secrets = isProduction(given) ? {} : { JWT_SECRET: 'x'.repeat(32), SEED_KEY: '0'.repeat(64) };
  return parseConfig({
    DATABASE_URL: PLACEHOLDER_DATABASE_URL,
    REDIS_URL: PLACEHOLDER_REDIS_URL,
    ...secrets,
    ...defaultsFor(given),
    ...given,
  });
}

/** Every setting, complete but for the URLs of embedded stores. */
export async function completeSettings(given: Environment, dataDir: string): Promise<Environment> {
  const apiPort = given.API_PORT ?? String(await freePort());
  const workerPort = given.WORKER_PORT ?? String(await freePort());
  return {
    API_PORT: apiPort,
    WORKER_PORT: workerPort,
    API_URL: `http://127.0.0.1:${apiPort}`,
    WORKER_URL: `http://127.0.0.1:${workerPort}`,
    STOP_SECONDS_MAX,
    ...defaultsFor(given),
    ...(isProduction(given) ? {} : developmentSecrets(dataDir)),
    ...given,
  };
}

const isProduction = (given: Environment) => given.NODE_ENV === 'production';
const defaultsFor = (given: Environment) => (isProduction(given) ? {} : developmentDefaults);

/** Made once, so that tokens and encrypted seeds outlive a restart. */
function developmentSecrets(dataDir: string): Environment {
  const file = join(dataDir, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Environment;
  const secrets = {
    JWT_SECRET: randomBytes(32).toString('base64url'),
    SEED_KEY: randomBytes(32).toString('hex'),
  };
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

/** Of an environment, what is a setting of the service. */
export function onlySettings(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name in settingsSchema.shape));
}

/** Of an environment, what is not. */
export function withoutSettings(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in settingsSchema.shape)));
}
