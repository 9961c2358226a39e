import { describe, expect, it } from 'vitest';
import type { PacketRules } from '@app/contracts';
import { staggerOf } from './packet-view.js';

const campaign = (more: object = {}) =>
  ({ gates: [], salt: '', campaign: { campaignId: 'c', releaseMs: 0, ...more } }) as unknown as PacketRules;

describe('the interval over which a packet opens', () => {
  it('is the setting, and nothing where that is off', () => {
    const packet = { rules: campaign(), expiresInMs: 60_000 };
    expect(staggerOf(packet, 2_000)).toEqual({ staggerMs: 2_000 });
    expect(staggerOf(packet, 0)).toEqual({});
  });

  it('is at most a quarter of the life of the packet', () => {
    expect(staggerOf({ rules: campaign(), expiresInMs: 10_001 }, 10_000)).toEqual({ staggerMs: 2_500 });
  });

  it.each([
    ['sent into a room', null],
    ['of a rain', campaign({ rain: { round: 1 } })],
    ['that is shaken for', campaign({ shake: { oddsPercent: 20 } })],
    ['whose shares are released over time', campaign({ releaseMs: 5_000 })],
  ])('is not there for a packet %s', (_which, rules) => {
    expect(staggerOf({ rules, expiresInMs: 60_000 }, 2_000)).toEqual({});
  });
});
