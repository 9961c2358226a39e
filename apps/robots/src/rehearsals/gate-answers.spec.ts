import { describe, expect, it } from 'vitest';
import type { Gate, PacketRules } from '@app/contracts';
import { gateViews, judgeGates } from '@app/eligibility';
import { answersTo } from './gate-answers.js';

const question = (text: string, answer: number) => ({
  ...{ text, answer },
  options: ['red bean', 'salted egg', 'jujube', 'pork'],
});
const GATES: Gate[] = [
  { kind: 'password', phrase: '端午安康' },
  { kind: 'quiz', questions: [question('Which filling?', 1), question('Which came first?', 3)] },
  { kind: 'members', userIds: ['robot.1'] },
  { kind: 'quiz', questions: [question('Which is sweet?', 2)] },
  { kind: 'place', lat: 30.25, lng: 120.17, radiusMeters: 200 },
];
const who = (userId: string) => ({ packetId: 'a-packet', userId });
const judge = (gates: Gate[], userId: string, are: 'right' | 'wrong') => {
  const rules: PacketRules = { gates, salt: 'ab'.repeat(16) };
  const views = gateViews(rules, who(userId), (id) => id);
  return judgeGates(rules, who(userId), answersTo(gates, views, are), new Set());
};

describe('answers by the texts that a packet shows', () => {
  it('are right for everybody, whatever the order of their options', () => {
    const gates = GATES.filter(({ kind }) => kind !== 'members');
    for (let k = 0; k < 50; k += 1) expect(judge(gates, `robot.${k}`, 'right').mark).toBe('met');
  });

  it('are wrong at each gate that asks for one', () => {
    for (const gate of GATES.filter(({ kind }) => kind !== 'members')) {
      for (let k = 0; k < 50; k += 1) expect(judge([gate], `robot.${k}`, 'wrong').mark).not.toBe('met');
    }
  });

  it('give nothing to gates that ask nothing', () => {
    expect(answersTo([{ kind: 'members', userIds: ['robot.1'] }], [{ kind: 'members' }], 'right')).toEqual(
      {},
    );
    expect(judge(GATES, 'robot.1', 'right').mark).toBe('met');
    expect(judge(GATES, 'robot.2', 'right')).toEqual({ mark: 'unmet', reason: 'members' });
  });
});
