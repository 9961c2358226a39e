/**
 * The contracts' limits, written down again: their module brings the whole of zod with it, which a page does not need to
 * say "at most 64". limits.spec.ts holds them to the contracts.
 */
export const LIMITS = {
  nameChars: 64,
  greetingChars: 100,
  announceSeconds: 86_400,
  expiresSecondsMin: 10,
  expiresSeconds: 259_200,
  drops: 200,
  tiers: 8,
  gates: 8,
  tries: 100,
  questions: 10,
  options: 8,
  gateMembers: 500,
  radiusMin: 10,
  radius: 50_000,
  rounds: 20,
  catches: 10,
  planDays: 400,
  audienceBytes: 80 * 1024 * 1024,
  audienceIds: 1_000_000,
  coverBytes: 5 * 1024 * 1024,
};

/** The service's defaults (F8). A server set to others says so itself, and its answer is shown at the same field. */
export const SHARES = { min: 1, max: 20_000, countMax: 10_000_000 };

export const USER_ID = /^[A-Za-z0-9_.@-]{1,64}$/;
export const TASK_ID = /^[A-Za-z0-9_.-]{1,64}$/;
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const ATTRIBUTE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
