import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketRules } from '@app/contracts';
import { rightAnswers, wrongAnswers } from '../test/answers.js';
import { judgeGates } from './gates.js';
import { poseQuestion, type QuizGate } from './quiz.js';

const salts = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const people = fc.record({
  packetId: fc.uuid(),
  userId: fc.string({ unit: fc.constantFrom(...'abcXYZ019_.@-'.split('')), minLength: 1, maxLength: 64 }),
});
const questions = fc.tuple(fc.integer({ min: 2, max: 8 }), fc.nat()).map(([count, pick]) => ({
  text: 'Which?',
  options: Array.from({ length: count }, (_, k) => `option ${k}`),
  answer: pick % count,
}));
const rulesOf = (salt: string, asked: QuizGate['questions']): PacketRules => ({
  salt,
  gates: [{ kind: 'quiz', questions: asked }],
});
const quizzes = fc.record({ salt: salts, asked: fc.array(questions, { minLength: 1, maxLength: 10 }) });
const none = new Set<string>();

describe('the options of a question', () => {
  it('are all shown, each once, to every person', () => {
    fc.assert(
      fc.property(
        questions,
        salts,
        people,
        fc.integer({ min: 1, max: 80 }),
        (question, salt, who, number) => {
          const posed = poseQuestion(question, number, salt, who);
          expect([...posed.options].sort()).toEqual([...question.options].sort());
          expect(posed.options['abcdefgh'.indexOf(posed.rightOption)]).toBe(
            question.options[question.answer],
          );
          expect(poseQuestion(question, number, salt, who)).toEqual(posed);
        },
      ),
    );
  });

  it('stand in an order that has nothing to do with which is right', () => {
    fc.assert(
      fc.property(questions, salts, people, (question, salt, who) => {
        const orders = question.options.map((_, answer) =>
          poseQuestion({ ...question, answer }, 1, salt, who).options.join(),
        );
        expect(new Set(orders).size).toBe(1);
      }),
    );
  });

  it('stand in every order equally often, over people', () => {
    const seen = new Map<string, number>();
    const runs = 24_000;
    const question = { text: '?', options: ['w', 'x', 'y', 'z'], answer: 0 };
    for (let k = 0; k < runs; k += 1) {
      const order = poseQuestion(question, 1, 'ab'.repeat(16), {
        packetId: 'p',
        userId: `u${k}`,
      }).options.join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    // Chi-square with 23 degrees of freedom: 49.7 is passed once in 1,000 sets of people; these people are fixed.
    const chiSquare = [...seen.values()].reduce((sum, n) => sum + (n - runs / 24) ** 2 / (runs / 24), 0);
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('stand in another order for another person, packet, question and salt', () => {
    const question = { text: '?', options: '12345678'.split(''), answer: 0 };
    const order = (number: number, salt: string, packetId: string, userId: string) =>
      poseQuestion(question, number, salt, { packetId, userId }).options.join('');
    const first = order(1, 'aa', 'p', 'u');
    const others = [
      order(2, 'aa', 'p', 'u'),
      order(1, 'ab', 'p', 'u'),
      order(1, 'aa', 'q', 'u'),
      order(1, 'aa', 'p', 'v'),
    ];
    expect(others).not.toContain(first);
  });
});

describe('the answers of a person', () => {
  it('are right for that person, and for another only where the right options stand at the same places', () => {
    fc.assert(
      fc.property(quizzes, people, people, ({ salt, asked }, one, other) => {
        const rules = rulesOf(salt, asked);
        const answers = rightAnswers(rules, one);
        expect(judgeGates(rules, one, answers, none)).toEqual({ mark: 'met' });
        const coincide = JSON.stringify(answers) === JSON.stringify(rightAnswers(rules, other));
        expect(judgeGates(rules, other, answers, none).mark).toBe(coincide ? 'met' : 'wrong');
      }),
      { numRuns: 300 },
    );
  });

  it('are wrong when any one of them is', () => {
    fc.assert(
      fc.property(quizzes, people, fc.nat(), ({ salt, asked }, who, pick) => {
        const rules = rulesOf(salt, asked);
        const k = pick % asked.length;
        const quiz = [...rightAnswers(rules, who).quiz!];
        quiz[k] = wrongAnswers(rules, who).quiz![k]!;
        expect(judgeGates(rules, who, { quiz }, none)).toEqual({ mark: 'wrong', reason: 'quiz' });
        expect(judgeGates(rules, who, wrongAnswers(rules, who), none).mark).toBe('wrong');
      }),
    );
  });

  it('bought from 1,000 others for three questions of four options pass for about 1 in 64', () => {
    const asked = Array.from({ length: 3 }, () => ({ text: '?', options: ['w', 'x', 'y', 'z'], answer: 1 }));
    const rules = rulesOf('cd'.repeat(16), asked);
    const bought = rightAnswers(rules, { packetId: 'p', userId: 'seller' });
    const passed = Array.from({ length: 1_000 }, (_, k) =>
      judgeGates(rules, { packetId: 'p', userId: `buyer-${k}` }, bought, none),
    ).filter(({ mark }) => mark === 'met').length;
    expect(passed).toBeGreaterThan(3);
    expect(passed).toBeLessThan(35);
  });
});
