import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './config.js';
import { settingsSchema } from './schema.js';

const enough = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/hongbao',
  REDIS_URL: 'redis://127.0.0.1:6379',
  JWT_SECRET: 's'.repeat(32),
  SEED_KEY: 'ab'.repeat(32),
};
const problemsOf = (env: Record<string, string>) => {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n');
    throw error;
  }
  return '';
};

describe('parseConfig', () => {
  it('gives the three roles of Redis the one URL when only that is set', () => {
    const config = parseConfig({ ...enough, REDIS_QUEUE_URL: 'redis://queue:6379' });
    expect(config.REDIS_MONEY_URL).toBe(enough.REDIS_URL);
    expect(config.REDIS_QUEUE_URL).toBe('redis://queue:6379');
  });

  it('has no default for a secret', () => {
    const { JWT_SECRET: _secret, ...without } = enough;
    expect(problemsOf(without)).toBe(
      'JWT_SECRET is not set and has no default; without it JWKS_URL must be set',
    );
    expect(problemsOf({ ...without, JWKS_URL: 'https://host.example/jwks.json' })).toBe('');
  });

  it.each([
    [{ PORT: 'http' }, /PORT must be a whole number from 1 to 65535/],
    [{ PORT: '0x1F90' }, /PORT must be a whole number/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must be a URL that starts with postgres/],
    [{ STAGGER_OPENING_MS: '10001' }, /STAGGER_OPENING_MS must be a whole number from 0 to 10000/],
    [{ DEV_TOKENS: 'yes' }, /DEV_TOKENS must be true or false/],
    [{ SHARE_MIN: '500', SHARE_MAX: '400' }, /SHARE_MIN must not be over SHARE_MAX/],
    [{ NODE_ENV: 'production', DEV_TOKENS: 'true' }, /DEV_TOKENS must be false in production/],
    [{ NODE_ENV: 'production', SANDBOX_TOPUPS: 'true' }, /SANDBOX_TOPUPS must be false in production/],
    [{ NODE_ENV: 'production', DEMO_ROBOTS: '3' }, /DEMO_ROBOTS must be 0 in production/],
    [
      { NODE_ENV: 'production', JWKS_URL: 'http://host.example/keys' },
      /JWKS_URL must be https in production/,
    ],
    [{ JWKS_URL: 'host.example' }, /JWKS_URL must be a URL that starts with http/],
    [{ JWKS_REFRESH_SECONDS: '5' }, /JWKS_REFRESH_SECONDS must be a whole number from 10 to 86400/],
    [
      { JWT_CLOCK_TOLERANCE_SECONDS: '61' },
      /JWT_CLOCK_TOLERANCE_SECONDS must be a whole number from 0 to 60/,
    ],
    [
      { JWT_SECRET: '', JWKS_URL: 'https://host.example/keys', DEV_TOKENS: 'true' },
      /DEV_TOKENS must be false/,
    ],
    [{ ALLOWED_ORIGINS: 'https://a.example,https://b.example/' }, /ALLOWED_ORIGINS must be origins/],
    [{ ALLOWED_ORIGINS: '*' }, /ALLOWED_ORIGINS must be origins/],
    [{ REDIS_URL: '' }, /REDIS_URL must be set/],
    [{ REDIS_QUEUE_URL: 'redis://queue:6379?cluster' }, /REDIS_QUEUE_URL must not name a cluster/],
  ])('refuses %j by name and says what was expected', (change, problem) => {
    expect(problemsOf({ ...enough, ...(change as Record<string, string>) })).toMatch(problem);
  });

  it('has every setting in .env.example and no other', () => {
    const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    const named = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]).sort();
    expect(named).toEqual(Object.keys(settingsSchema.shape).sort());
  });
});
