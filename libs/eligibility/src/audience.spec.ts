import { describe, expect, it } from 'vitest';
import type { Audience, CampaignRules } from '@app/contracts';
import { judgeAudience } from './audience.js';

const id = '7b9c1c1e-5b7e-4c6d-9f5e-0a1b2c3d4e5f';
const chengdu = { attributes: { city: '成都' } };
const audiences: Record<Audience['kind'], Audience> = {
  everyone: { kind: 'everyone' },
  room: { kind: 'room', roomId: id },
  list: { kind: 'list', audienceId: id },
  segment: { kind: 'segment', segment: chengdu },
};
const judge = (kind: Audience['kind'], tier: CampaignRules['tier'], city?: string) =>
  judgeAudience(
    {
      campaignId: id,
      dropId: id,
      part: 'base',
      audience: audiences[kind],
      ...(tier && { tier }),
      caps: {},
      days: [],
      releaseMs: 0,
    },
    city === undefined ? {} : { attributes: { city } },
    0,
  );

describe('the audience', () => {
  it.each([
    ['everyone', 'in'],
    ['room', 'ask_room'],
    ['list', 'ask_store'],
    ['segment', 'out'],
  ] as const)('of kind %s answers %s for someone of whom nothing is known', (kind, judged) => {
    expect(judge(kind, undefined)).toBe(judged);
  });

  it('of a segment is who matches it', () => {
    expect(judge('segment', undefined, '成都')).toBe('in');
    expect(judge('segment', undefined, '杭州')).toBe('out');
  });

  it.each([
    ['everyone', 'in'],
    ['room', 'ask_room'],
    ['list', 'ask_store'],
    ['segment', 'in'],
  ] as const)('of kind %s answers %s for someone who matches the segment of the tier', (kind, judged) => {
    expect(judge(kind, { segment: chengdu }, '成都')).toBe(judged);
  });

  it.each(['everyone', 'room', 'list', 'segment'] as const)(
    'of kind %s is closed to who does not match the segment of the tier',
    (kind) => {
      expect(judge(kind, { segment: { attributes: { city: '杭州' } } }, '成都')).toBe('out');
      expect(judge(kind, { segment: { attributes: { city: '杭州' } } })).toBe('out');
    },
  );

  it.each([{ audienceId: id }, { neverWon: true }] as const)(
    'leaves a tier by %j to the grab script, after the room',
    (tier) => {
      expect(judge('everyone', tier)).toBe('ask_store');
      expect(judge('list', tier)).toBe('ask_store');
      expect(judge('segment', tier, '成都')).toBe('ask_store');
      expect(judge('room', tier)).toBe('ask_room');
    },
  );

  it('is closed to who does not match its own segment, whatever the tier', () => {
    expect(judge('segment', { audienceId: id }, '杭州')).toBe('out');
    expect(judge('segment', { neverWon: true }, '杭州')).toBe('out');
    expect(judge('segment', { segment: { attributes: { city: '杭州' } } }, '杭州')).toBe('out');
  });
});
