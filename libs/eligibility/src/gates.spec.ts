import { describe, expect, it } from 'vitest';
import type { Answers, Gate, PacketRules } from '@app/contracts';
import { rightAnswers, wrongAnswers } from '../test/answers.js';
import { judgeGates } from './gates.js';
import { needsOwnView, taskIdsOf } from './rules-facts.js';

const who = { packetId: '0b9c1c1e-5b7e-4c6d-9f5e-0a1b2c3d4e5f', userId: 'lin' };
const password: Gate = { kind: 'password', phrase: '恭喜发财', triesMax: 5 };
const quiz: Gate = {
  kind: 'quiz',
  questions: [
    { text: '端午节吃什么?', options: ['粽子', '月饼', '汤圆'], answer: 0 },
    { text: '五芳斋在哪?', options: ['嘉兴', '成都', '西安', '广州'], answer: 0 },
  ],
  triesMax: 3,
};
const place: Gate = { kind: 'place', lat: 30.7, lng: 120.7, radiusMeters: 500 };
const members: Gate = { kind: 'members', userIds: ['wang', 'lin'] };
const task: Gate = { kind: 'task', taskId: 'follow' };
const rulesOf = (...gates: Gate[]): PacketRules => ({ gates, salt: '5a'.repeat(16) });
const judge = (rules: PacketRules, answers?: Answers, tasks: string[] = [], userId = who.userId) =>
  judgeGates(rules, { ...who, userId }, answers, new Set(tasks));

describe('gates', () => {
  it('are met when there are none', () => {
    expect(judge(rulesOf())).toEqual({ mark: 'met' });
  });

  it.each([password, quiz, place])('of kind $kind are unmet without an answer', (gate) => {
    const unmet = { mark: 'unmet', reason: gate.kind };
    expect(judge(rulesOf(gate))).toEqual(unmet);
    expect(judge(rulesOf(gate), {})).toEqual(unmet);
    expect(judge(rulesOf(gate), { password: ' ', quiz: [] })).toEqual(unmet);
  });

  it.each([password, quiz, place])('of kind $kind are met by the right answer', (gate) => {
    const rules = rulesOf(gate);
    expect(judge(rules, rightAnswers(rules, who))).toEqual({ mark: 'met' });
  });

  it('count a wrong password and a wrong quiz as a try, and a wrong place not', () => {
    const marks = [password, quiz, place].map((gate) => {
      const rules = rulesOf(gate);
      return judge(rules, wrongAnswers(rules, who));
    });
    expect(marks).toEqual([
      { mark: 'wrong', reason: 'password' },
      { mark: 'wrong', reason: 'quiz' },
      { mark: 'unmet', reason: 'place' },
    ]);
  });

  it('let in the named members only', () => {
    expect(judge(rulesOf(members))).toEqual({ mark: 'met' });
    expect(judge(rulesOf(members), {}, [], 'zhao')).toEqual({ mark: 'unmet', reason: 'members' });
  });

  it('let in who did the task', () => {
    expect(judge(rulesOf(task), {}, ['share', 'follow'])).toEqual({ mark: 'met' });
    expect(judge(rulesOf(task), {}, ['share'])).toEqual({ mark: 'unmet', reason: 'task' });
  });

  it('are judged in their order, and the first not met is named', () => {
    const rules = rulesOf(members, task, place, password, quiz);
    const right = rightAnswers(rules, who);
    const wrong = wrongAnswers(rules, who);
    expect(judge(rules, right, ['follow'])).toEqual({ mark: 'met' });
    expect(judge(rules, wrong, [], 'zhao').reason).toBe('members');
    expect(judge(rules, wrong).reason).toBe('task');
    expect(judge(rules, wrong, ['follow']).reason).toBe('place');
    expect(judge(rules, { ...wrong, place: right.place! }, ['follow']).reason).toBe('password');
    expect(judge(rules, { ...right, quiz: wrong.quiz! }, ['follow']).reason).toBe('quiz');
  });

  it('do not count a wrong quiz behind a place that is not met as a try', () => {
    const rules = rulesOf(place, quiz);
    const { quiz: given } = wrongAnswers(rules, who);
    expect(judge(rules, { quiz: given! })).toEqual({ mark: 'unmet', reason: 'place' });
    expect(judge(rulesOf(quiz, place), { quiz: given! })).toEqual({ mark: 'wrong', reason: 'quiz' });
  });
});

describe('a quiz', () => {
  const rules = rulesOf(quiz);
  const right = rightAnswers(rules, who).quiz!;

  it('is met in any order of the answers', () => {
    expect(judge(rules, { quiz: [...right].reverse() })).toEqual({ mark: 'met' });
  });

  it.each([
    ['a question is left out', [right[0]!]],
    ['a question is answered twice', [right[0]!, right[0]!]],
    ['a question is answered with two options', [...right, { question: 'q1', option: 'b' }]],
    ['a right answer is given twice', [...right, right[1]!]],
    ['a question was not asked', [...right, { question: 'q3', option: 'a' }]],
    ['only a question was answered that was not asked', [{ question: 'q9', option: 'a' }]],
    ['an option was not offered', [right[0]!, { question: 'q2', option: 'h' }]],
    ['an option is empty', [right[0]!, { question: 'q2', option: '' }]],
    ['an option is the text', [right[0]!, { question: 'q2', option: '嘉兴' }]],
  ])('is wrong when %s', (_, given) => {
    expect(judge(rules, { quiz: given })).toEqual({ mark: 'wrong', reason: 'quiz' });
  });

  it('beside another has questions numbered on, and each judges its own', () => {
    const two = rulesOf(quiz, place, structuredClone(quiz));
    const all = rightAnswers(two, who);
    expect(all.quiz!.map(({ question }) => question)).toEqual(['q1', 'q2', 'q3', 'q4']);
    expect(judge(two, all)).toEqual({ mark: 'met' });
    expect(judge(two, { ...all, quiz: all.quiz!.slice(0, 2) })).toEqual({ mark: 'unmet', reason: 'quiz' });
    expect(judge(two, { quiz: all.quiz!.slice(0, 2) })).toEqual({ mark: 'unmet', reason: 'place' });
    const wrong = wrongAnswers(two, who).quiz!;
    expect(judge(two, { ...all, quiz: [...all.quiz!.slice(0, 3), wrong[3]!] }).mark).toBe('wrong');
  });
});

describe('what rules say at a glance', () => {
  it('names each task once, and whether views differ', () => {
    const rules = rulesOf(task, password, { kind: 'task', taskId: 'share' }, quiz, task);
    expect(taskIdsOf(rules)).toEqual(['follow', 'share']);
    expect(needsOwnView(rules)).toBe(true);
    expect(needsOwnView(rulesOf(task, password, place, members))).toBe(false);
  });
});
