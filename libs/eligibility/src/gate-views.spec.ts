import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersSchema, gatesSchema, type Gate, type PacketRules } from '@app/contracts';
import { rightAnswers, wrongAnswers } from '../test/answers.js';
import { gateViews } from './gate-views.js';

const coverId = '7b9c1c1e-5b7e-4c6d-9f5e-0a1b2c3d4e5f';
const who = { packetId: '0b9c1c1e-5b7e-4c6d-9f5e-0a1b2c3d4e5f', userId: 'lin' };
const salt = '5a'.repeat(16);
const urlOf = (id: string) => `/covers/${id}`;
const views = (gates: Gate[]) => gateViews({ gates, salt }, who, urlOf);

const options = ['Jiaxing', 'Chengdu', "Xi'an", 'Guangzhou', 'Wuhan', 'Ningbo', 'Suzhou', 'Lijiang'];
const secrets = fc.record({
  phrase: fc.string({ unit: fc.constantFrom('密', '语', '红', '包', '#', '%'), minLength: 4, maxLength: 20 }),
  answers: fc.tuple(fc.nat(7), fc.nat(7), fc.nat(1)),
  lat: fc.double({ min: -89, max: 89, noNaN: true }),
  lng: fc.double({ min: -179, max: 179, noNaN: true }),
  userIds: fc.array(fc.stringMatching(/^member-[0-9]{6}$/), { minLength: 1, maxLength: 20 }),
});
const rulesOf = (
  secret: typeof secrets extends fc.Arbitrary<infer S> ? S : never,
  packetSalt = salt,
): PacketRules => ({
  salt: packetSalt,
  gates: gatesSchema.parse([
    { kind: 'password', phrase: secret.phrase, hint: 'four words', triesMax: 4 },
    {
      kind: 'quiz',
      questions: [
        { text: 'Where from?', options, answer: secret.answers[0] },
        { text: 'Where to?', options, answer: secret.answers[1] },
        { text: 'Sure?', options: ['yes', 'no'], answer: secret.answers[2] },
      ],
      triesMax: 2,
    },
    {
      kind: 'place',
      lat: secret.lat,
      lng: secret.lng,
      radiusMeters: 50,
      clue: { text: 'by the bridge', coverId },
    },
    { kind: 'members', userIds: secret.userIds },
    { kind: 'task', taskId: 'follow', title: 'Follow us' },
  ]),
});

describe('the views of gates', () => {
  it('carry what a person needs to see', () => {
    expect(
      views([
        { kind: 'password', phrase: 'x', hint: 'h', triesMax: 2 },
        { kind: 'password', phrase: 'x' },
        { kind: 'place', lat: 1, lng: 2, radiusMeters: 30, clue: 'by the bridge' },
        { kind: 'place', lat: 1, lng: 2, radiusMeters: 30, clue: { text: 'here', coverId } },
        { kind: 'place', lat: 1, lng: 2, radiusMeters: 30 },
        { kind: 'members', userIds: ['lin'] },
        { kind: 'task', taskId: 'follow', title: 'Follow us' },
      ]),
    ).toStrictEqual([
      { kind: 'password', hint: 'h', triesMax: 2 },
      { kind: 'password' },
      { kind: 'place', radiusMeters: 30, clue: { text: 'by the bridge' } },
      { kind: 'place', radiusMeters: 30, clue: { text: 'here', url: `/covers/${coverId}` } },
      { kind: 'place', radiusMeters: 30 },
      { kind: 'members' },
      { kind: 'task', taskId: 'follow', title: 'Follow us' },
    ]);
  });

  it('number the questions and name the options by their place, for answers as rightAnswers gives them', () => {
    const asked = [{ text: 'Where?', options: ['Jiaxing', 'Chengdu', 'Wuhan'], answer: 2 }];
    const gates: Gate[] = [{ kind: 'quiz', questions: asked, triesMax: 3 }];
    const [view] = views(gates);
    if (view?.kind !== 'quiz') throw new Error('a quiz is shown as a quiz');
    expect(view.triesMax).toBe(3);
    expect(view.questions).toMatchObject([{ question: 'q1', text: 'Where?' }]);
    const shown = view.questions[0]!.options;
    expect(shown.map(({ option }) => option)).toEqual(['a', 'b', 'c']);
    const chosen = rightAnswers({ gates, salt }, who).quiz![0]!;
    expect(shown.find(({ option }) => option === chosen.option)!.text).toBe('Wuhan');
  });

  it('are the same whatever is right, so they can tell nothing of it', () => {
    fc.assert(
      fc.property(secrets, secrets, (one, other) => {
        const [shown, shownOther] = [rulesOf(one), rulesOf(other)].map((rules) =>
          gateViews(rules, who, urlOf),
        );
        expect(shown).toStrictEqual(shownOther);
      }),
    );
  });

  it('hold neither phrase, point, members, salt nor a mark on the right option', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const shown = gateViews(rulesOf(secret), who, urlOf);
        const text = JSON.stringify(shown);
        for (const hidden of [
          secret.phrase,
          salt,
          '"lat"',
          '"lng"',
          '"answer"',
          'phrase',
          'userIds',
          'member-',
        ])
          expect(text).not.toContain(hidden);
        for (const degrees of [secret.lat, secret.lng])
          if (Math.abs(degrees) > 10) expect(text).not.toContain(degrees.toFixed(1));
        for (const view of shown)
          if (view.kind === 'quiz')
            for (const { options: offered } of view.questions)
              expect(offered.every((option) => Object.keys(option).join() === 'option,text')).toBe(true);
      }),
    );
  });

  it('have the right option at every place equally often, over people', () => {
    const runs = 8_000;
    const rules: PacketRules = {
      salt,
      gates: [{ kind: 'quiz', questions: [{ text: '?', options, answer: 3 }] }],
    };
    const places = new Map<string, number>();
    for (let k = 0; k < runs; k += 1) {
      const { option } = rightAnswers(rules, { ...who, userId: `u${k}` }).quiz![0]!;
      places.set(option, (places.get(option) ?? 0) + 1);
    }
    expect(places.size).toBe(8);
    // Chi-square with 7 degrees of freedom: 24.3 is passed once in 1,000 sets of people; these people are fixed.
    const chiSquare = [...places.values()].reduce((sum, n) => sum + (n - runs / 8) ** 2 / (runs / 8), 0);
    expect(chiSquare).toBeLessThan(24.3);
  });
});

describe('answers of robots', () => {
  it('pass the schema of answers, right or wrong', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const rules = rulesOf(secret);
        for (const answers of [rightAnswers(rules, who), wrongAnswers(rules, who)])
          expect(answersSchema.parse(answers)).toEqual(answers);
      }),
    );
  });

  it('are empty where nothing is asked', () => {
    const rules: PacketRules = {
      salt,
      gates: [
        { kind: 'members', userIds: ['lin'] },
        { kind: 'task', taskId: 't' },
      ],
    };
    expect([rightAnswers(rules, who), wrongAnswers(rules, who)]).toEqual([{}, {}]);
  });
});
