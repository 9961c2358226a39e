import { z } from 'zod';

/** A flag in the environment: exactly `true` or `false`. */
const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);
const port = wholeNumber(1, 65_535);
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** Anything else, a path or a `*` among it, would never match: better said at the start than found out by a page. */
const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;

/**
 * Every setting of the service, by the name of its environment variable. `.env.example` says the same for people, and a
 * test holds the two together. Amounts are minor units; a name ends in its unit.
 */
export const settingsSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),

  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8080),
  API_PORT: port.default(8081),
  WORKER_PORT: port.default(8082),
  API_URL: url('http:', 'https:').default('http://127.0.0.1:8081'),
  WORKER_URL: url('http:', 'https:').default('http://127.0.0.1:8082'),
  GATEWAY_URL: url('http:', 'https:').optional(),

  DATABASE_URL: url('postgres:', 'postgresql:'),
  DATABASE_POOL_MAX: wholeNumber(2, 200).default(16),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  // redis://a:6379?cluster, or with more nodes to begin at redis://a:6379?cluster=b:6379,c:6379: a Redis Cluster.
  REDIS_MONEY_URL: url('redis:', 'rediss:').optional(),
  REDIS_QUEUE_URL: url('redis:', 'rediss:').optional(),
  REDIS_SOCKET_URL: url('redis:', 'rediss:').optional(),

  MONEY_REPLICAS_ACK: wholeNumber(0, 5).default(0),

  // At least one of the two: what is not set is not accepted.
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  JWKS_URL: url('http:', 'https:').optional(),
  JWKS_REFRESH_SECONDS: wholeNumber(10, 86_400).default(300),
  JWT_ISSUER: z.string().min(1).default('hongbao'),
  JWT_AUDIENCE: z.string().min(1).default('hongbao'),
  JWT_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 60).default(5),
  SEED_KEY: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex characters'),
  ALLOWED_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), {
      message: 'must be origins as browsers send them, such as https://chat.example, comma-separated',
    })
    .default([]),

  DEV_TOKENS: flag.default(false),
  SANDBOX_TOPUPS: flag.default(false),
  DEMO_ROBOTS: wholeNumber(0, 50).default(0),

  CURRENCIES: list.default(['CNY', 'HKD', 'USD']),
  TIME_ZONE: z.string().min(1).default('Asia/Shanghai'),
  SHARE_MIN: wholeNumber(1, 1_000_000).default(1),
  SHARE_MAX: wholeNumber(1, 1_000_000_000).default(20_000),
  ROOM_PACKET_SHARES_MAX: wholeNumber(1, 1_000).default(100),
  CAMPAIGN_PACKET_SHARES_MAX: wholeNumber(1, 10_000_000).default(10_000_000),
  TOPUP_AMOUNT_MAX: wholeNumber(1, 1_000_000_000_000).default(100_000_000),

  STAGGER_OPENING_MS: wholeNumber(0, 10_000).default(0),

  USER_EVENTS_PER_10_SECONDS: wholeNumber(1, 10_000_000).default(400),
  ADDRESS_EVENTS_PER_10_SECONDS: wholeNumber(1, 10_000_000).default(20_000),
  USER_REQUESTS_PER_10_SECONDS: wholeNumber(1, 10_000_000).default(400),
  USER_REQUESTS_AT_ONCE: wholeNumber(1, 10_000).default(1),
  ADDRESS_REQUESTS_PER_10_SECONDS: wholeNumber(1, 10_000_000).default(1_000),
  ADDRESS_CONNECTIONS_PER_10_SECONDS: wholeNumber(1, 10_000_000).default(500),

  // Above 1,000 a call that all win would hand the grab script more values than Lua's stack holds (8,000).
  GRABS_PER_CALL_MAX: wholeNumber(1, 1_000).default(256),
  GRABS_WAITING_MAX: wholeNumber(1, 1_000_000).default(20_000),
  // An entry and its job take some 250 bytes of Redis for a claim: 12 MB for a slot.
  OUTBOX_BACKLOG_MAX: wholeNumber(1, 10_000_000).default(50_000),
  CLAIMS_PER_JOB_MAX: wholeNumber(1, 5_000).default(1_000),
  SWEEP_SECONDS: wholeNumber(1, 3_600).default(5),
  STOP_SECONDS_MAX: wholeNumber(1, 60).default(8),
});

export type Settings = z.output<typeof settingsSchema>;
