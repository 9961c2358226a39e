import * as contracts from '@app/contracts';
import { expect, it } from 'vitest';
import { LIMITS } from './limits.js';

it('the limits of the forms are those of the contracts', () => {
  expect(LIMITS).toEqual({
    nameChars: contracts.CAMPAIGN_NAME_CHARS_MAX,
    greetingChars: contracts.GREETING_CHARS_MAX,
    announceSeconds: contracts.ANNOUNCE_SECONDS_MAX,
    expiresSecondsMin: contracts.PACKET_EXPIRES_SECONDS_MIN,
    expiresSeconds: contracts.PACKET_EXPIRES_SECONDS_MAX,
    drops: contracts.DROPS_PER_CAMPAIGN_MAX,
    tiers: contracts.TIERS_MAX,
    gates: contracts.GATES_MAX,
    tries: contracts.TRIES_MAX,
    questions: contracts.QUESTIONS_MAX,
    options: contracts.OPTIONS_MAX,
    gateMembers: contracts.MEMBERS_IN_GATE_MAX,
    radiusMin: contracts.RADIUS_METERS_MIN,
    radius: contracts.RADIUS_METERS_MAX,
    rounds: contracts.ROUNDS_MAX,
    catches: contracts.CATCHES_PER_ROUND_MAX,
    planDays: contracts.PLAN_DAYS_MAX,
    audienceBytes: contracts.AUDIENCE_BYTES_MAX,
    audienceIds: contracts.AUDIENCE_IDS_MAX,
    coverBytes: contracts.COVER_BYTES_MAX,
  });
});
