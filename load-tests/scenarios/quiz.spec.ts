import { describe, expect, it } from 'vitest';
import { quizAnswers, type Gate } from './quiz.ts';

const gates: Gate[] = [
  { kind: 'password' },
  {
    kind: 'quiz',
    questions: [
      {
        question: 'q1',
        options: [
          { option: 'c', text: '荷叶' },
          { option: 'a', text: '箬叶' },
        ],
      },
      {
        question: 'q2',
        options: [
          { option: 'b', text: '嘉兴' },
          { option: 'd', text: '绍兴' },
        ],
      },
    ],
  },
];

describe('a person who answers a quiz', () => {
  it('rightly takes the options with the right texts, by the ids that they were given', () => {
    expect(quizAnswers(gates, ['嘉兴', '箬叶'], true)).toEqual({
      quiz: [
        { question: 'q1', option: 'a' },
        { question: 'q2', option: 'b' },
      ],
    });
  });

  it('wrongly takes none of the right ones', () => {
    expect(quizAnswers(gates, ['嘉兴', '箬叶'], false)).toEqual({
      quiz: [
        { question: 'q1', option: 'c' },
        { question: 'q2', option: 'd' },
      ],
    });
  });

  it('answers something to a question that the plan does not know', () => {
    expect(quizAnswers(gates, ['嘉兴'], true).quiz[0]).toEqual({ question: 'q1', option: 'c' });
    expect(quizAnswers([{ kind: 'place' }], [], true)).toEqual({ quiz: [] });
  });
});
