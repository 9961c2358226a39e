import { describe, expect, it } from 'vitest';
import type { Gate, PacketRules } from '@app/contracts';
import { triesMaxOf } from './packet-rules.js';

const rulesOf = (...gates: Gate[]): PacketRules => ({ gates, salt: '5a'.repeat(16) });
const task: Gate = { kind: 'task', taskId: 'follow' };
const questions = [{ text: '端午节吃什么?', options: ['粽子', '月饼', '汤圆'], answer: 0 }];

describe('the tries that a packet allows', () => {
  it('are the least that any of its gates states, and without limit where none does', () => {
    const password: Gate = { kind: 'password', phrase: '恭喜发财', triesMax: 5 };
    const quiz: Gate = { kind: 'quiz', questions, triesMax: 3 };
    expect(triesMaxOf(rulesOf(task, password, { kind: 'task', taskId: 'share' }, quiz, task))).toBe(3);
    expect(triesMaxOf(rulesOf(task, { kind: 'password', phrase: 'x' }))).toBeUndefined();
  });
});
