import { describe, expect, it } from 'vitest';
import type { GateView } from '@app/contracts';
import { answersFor, EMPTY_DRAFT, missingIn } from './gate-answers.js';

const quiz = (ids: Record<string, string>): GateView => ({
  kind: 'quiz',
  questions: [
    {
      question: ids['rice']!,
      text: 'What is in a zongzi?',
      options: [
        { option: ids['sticky']!, text: 'Glutinous rice' },
        { option: ids['noodles']!, text: 'Noodles' },
      ],
    },
  ],
});
const one = quiz({ rice: 'q1', sticky: 'a', noodles: 'b' });
const place: GateView = { kind: 'place', radiusMeters: 100 };
const here = { lat: 30.75, lng: 120.76, accuracyMeters: 12 };

describe('answers to gates', () => {
  it('are missing in the order of the gates until each is given', () => {
    const gates: GateView[] = [place, { kind: 'members' }, one, { kind: 'password' }];
    expect(missingIn(gates, EMPTY_DRAFT)).toEqual(['place', 'quiz', 'password']);
    expect(missingIn(gates, { ...EMPTY_DRAFT, password: '  ', place: here })).toEqual(['quiz', 'password']);
    const full = { password: 'spring', place: here, quiz: { 'What is in a zongzi?': 'Noodles' } };
    expect(missingIn(gates, full)).toEqual([]);
  });

  it('carry the ids of the packet that is asked for, whatever they were on the form', () => {
    const draft = { ...EMPTY_DRAFT, quiz: { 'What is in a zongzi?': 'Glutinous rice' } };
    const other = quiz({ rice: 'q7', sticky: 'x', noodles: 'y' });
    expect(answersFor([one], draft)).toEqual({ quiz: [{ question: 'q1', option: 'a' }] });
    expect(answersFor([other], draft)).toEqual({ quiz: [{ question: 'q7', option: 'x' }] });
  });

  it('say nothing that was not asked for', () => {
    const draft = { password: 'spring', place: here, quiz: {} };
    expect(answersFor([{ kind: 'task', taskId: 't' }, { kind: 'members' }], draft)).toEqual({});
    expect(answersFor([place], draft)).toEqual({ place: here });
  });
});
