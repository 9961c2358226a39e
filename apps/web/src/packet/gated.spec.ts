import { describe, expect, it } from 'vitest';
import type { GateView, RefusalReason } from '@app/contracts';
import { packetOf } from '../drops/packet-of.js';
import type { GrabPhase } from '../state/packets.js';
import { gateLabel, stageOf, toCorrect } from './gated.js';

const password: GateView = { kind: 'password' };
const members: GateView = { kind: 'members' };
const refused = (reason: RefusalReason): GrabPhase => ({
  step: 'told',
  result: { outcome: 'not_eligible', reason },
});

describe('the envelope', () => {
  const plain = packetOf({});
  const gated = packetOf({ gates: [members, password] });

  it('without gates turns its seal and opens', () => {
    expect(stageOf(plain, undefined, true)).toBe('sealed');
    expect(stageOf(plain, { step: 'asking', note: null }, true)).toBe('asking');
    expect(stageOf(plain, { step: 'told', result: { outcome: 'won' } }, true)).toBe('open');
  });

  it('with gates asks for answers once its seal is tapped, and stays while they are looked at', () => {
    expect(stageOf(gated, undefined, false)).toBe('sealed');
    expect(stageOf(gated, undefined, true)).toBe('gates');
    expect(stageOf(gated, { step: 'asking', note: 'busy' }, true)).toBe('gates');
  });

  it('takes what can be put right back to the form, and shows what is final', () => {
    expect(toCorrect(gated, refused('password'))).toBe('password');
    expect(stageOf(gated, refused('quiz'), false)).toBe('gates');
    for (const reason of ['tries', 'cap', 'members'] as const) {
      expect(stageOf(gated, refused(reason), true)).toBe('open');
    }
  });

  it('for chosen people asks nothing of them', () => {
    const chosen = packetOf({ gates: [members] });
    expect(stageOf(chosen, undefined, true)).toBe('sealed');
    expect(stageOf(chosen, refused('members'), true)).toBe('open');
  });
});

describe('the label of a packet', () => {
  it('names what it asks for before whom it is for', () => {
    expect(gateLabel(packetOf({ gates: [members, password] }))).toBe('password');
    expect(gateLabel(packetOf({ gates: [members] }))).toBe('members');
    expect(gateLabel(packetOf({ onlyUserIds: ['u'] }))).toBe('members');
    expect(gateLabel(packetOf({}))).toBeNull();
  });
});
