import { createDropSchema, type CreateDrop, type DropView } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { en } from '../words/index.js';
import {
  amountOf,
  checkDrop,
  rainSecondsOf,
  requestOfDrop,
  toDropRequest,
  type DropContext,
} from './drop-check.js';
import { dropDraftOf, newDrop, newTier, type DropDraft } from './drop-draft.js';
import { newGate, type GateDraft } from './gate-draft.js';
import { toLocal } from './instants.js';
import { newRow } from './segment-draft.js';

const NOW = new Date(2026, 1, 16, 12).getTime();
const OPENS = new Date(2026, 1, 16, 20).getTime();
const LIST = '01a20805-a6a6-77f1-a1bc-e86032dac4f1';
const context: DropContext = {
  ...{ say: en.problems, currency: 'CNY', now: NOW, plannedBefore: 0 },
  campaign: {
    startsAt: new Date(OPENS).toISOString(),
    endsAt: new Date(OPENS + 3 * 3_600_000).toISOString(),
    budget: 1_000_000,
    planned: 90_000,
  },
  money: (minor) => `${minor} fen`,
  instant: toLocal,
};

function typed(part: Partial<DropDraft> = {}): DropDraft {
  return { ...newDrop(OPENS), packet: { kind: 'lucky', amount: '8888', count: '1000' }, ...part };
}

const quiz: GateDraft = {
  ...{ kind: 'quiz', triesMax: '3' },
  questions: [{ text: 'Which festival?', options: ['Dragon Boat', 'Lanterns'], answer: 0 }],
};
const place: GateDraft = {
  ...{
    kind: 'place',
    lat: '30.25',
    lng: '120.17',
    radiusMeters: '200',
    clueText: 'By the lake',
    clueCoverId: LIST,
  },
};

/** A drop with everything in it that goes together. */
const everything = typed({
  audience: {
    ...{ kind: 'segment', roomId: '', audienceId: '' },
    segment: {
      ...{ newcomers: true, newcomerDays: '30' },
      rows: [
        { ...newRow(), name: 'level', values: 'gold, 3, "3"' },
        { ...newRow(), name: 'age', op: 'between', min: '18', max: '' },
      ],
    },
  },
  tiers: [
    {
      ...newTier(),
      name: 'Gold',
      by: 'list',
      audienceId: LIST,
      packet: { kind: 'fixed', amount: '100', count: '10' },
    },
    { ...newTier(), name: 'Never won', by: 'neverWon', packet: { kind: 'lucky', amount: '50', count: '5' } },
  ],
  gates: [
    { kind: 'password', phrase: '恭喜发财', hint: '', triesMax: '' },
    quiz,
    place,
    { kind: 'members', userIds: 'a\nb, c　d' },
    { kind: 'task', taskId: 'shop.visit', title: 'Visit the shop' },
  ],
  greeting: '新年好',
});

function viewOf(request: CreateDrop): DropView {
  return {
    ...{ dropId: LIST, campaignId: LIST, tiers: [], gates: [], packets: [], state: 'planned' },
    ...request,
    expiresInSeconds: request.expiresInSeconds ?? 86_400,
  };
}

describe('a drop', () => {
  it('with everything in it is asked for as the contract wants it', () => {
    expect(checkDrop(everything, context)).toEqual({});
    const request = createDropSchema.parse(toDropRequest(everything, 'CNY'));
    expect(request.packet).toEqual({ kind: 'lucky', amount: 888_800, count: 1_000 });
    expect(request.audience).toEqual({
      kind: 'segment',
      segment: { newcomerDays: 30, attributes: { level: { is: ['gold', 3, '3'] }, age: { min: 18 } } },
    });
    expect(request.gates![3]).toEqual({ kind: 'members', userIds: ['a', 'b', 'c', 'd'] });
    expect(request.gates![2]).toMatchObject({ clue: { coverId: LIST, text: 'By the lake' } });
    expect(amountOf(everything, 'CNY')).toBe(888_800 + 10_000 + 5_000);
  });

  it('that is opened for editing is asked for again as it stands', () => {
    for (const draft of [everything, typed({ way: 'rain' }), typed({ way: 'shake' })]) {
      const request = createDropSchema.parse(toDropRequest(draft, 'CNY'));
      const view = viewOf(request);
      expect(createDropSchema.parse(toDropRequest(dropDraftOf(view, 'CNY'), 'CNY'))).toEqual(request);
      expect(createDropSchema.parse(requestOfDrop(view, request.opensAt))).toEqual(request);
    }
  });

  it('says at each field what is wrong', () => {
    const draft = typed({
      opensAt: toLocal(OPENS - 60_000),
      announce: { n: '25', unit: 'h' },
      audience: { ...typed().audience, kind: 'room', roomId: 'x' },
      packet: { kind: 'fixed', amount: '10', count: '3' },
      gates: [
        { ...newGate('password') },
        { ...quiz, questions: [{ text: '', options: ['a', ' a'], answer: 0 }] },
      ],
    });
    expect(checkDrop(draft, context)).toEqual({
      opensAt: en.problems.outside(toLocal(OPENS), toLocal(OPENS + 3 * 3_600_000)),
      announceSeconds: en.problems.seconds(0, 86_400),
      'audience.roomId': en.problems.roomId,
      'packet.amount': en.problems.notDivisible('999 fen', '1002 fen'),
      'gates.0.phrase': en.problems.needed,
      'gates.1.questions.0.text': en.problems.needed,
      'gates.1.questions.0.options.1': en.problems.optionTwice,
    });
  });

  it('can’t plan more than the budget has left, its own share of before not counted twice', () => {
    const draft = typed({ packet: { kind: 'lucky', amount: '9500', count: '1000' } });
    expect(checkDrop(draft, context)).toEqual({ 'packet.amount': en.problems.overBudget('910000 fen') });
    expect(checkDrop(draft, { ...context, plannedBefore: 100_000 })).toEqual({});
  });

  it('needs shares between 1 fen and 200 yuan on average', () => {
    const small = typed({ packet: { kind: 'lucky', amount: '1', count: '101' } });
    expect(checkDrop(small, context)).toEqual({ 'packet.amount': en.problems.shareSmall('1 fen') });
    const large = typed({ packet: { kind: 'lucky', amount: '200.01', count: '1' } });
    expect(checkDrop(large, context)).toEqual({ 'packet.amount': en.problems.shareLarge('20000 fen') });
  });
});

describe('a rain', () => {
  const rain = { rounds: '3', roundSeconds: '15', gapSeconds: '10', catchesPerRound: '2' };

  it('lasts from its first round to the end of its last, which must be within the campaign', () => {
    const draft = typed({ way: 'rain', rain });
    expect(rainSecondsOf(draft)).toBe(65);
    const late = { ...draft, opensAt: toLocal(OPENS + 3 * 3_600_000 - 60_000) };
    expect(Object.keys(checkDrop(late, context))).toEqual(['opensAt']);
  });

  it('has a share for each round and catch at least, and no tiers', () => {
    const draft = typed({ way: 'rain', rain, tiers: everything.tiers });
    const few = { ...draft, packet: { ...draft.packet, amount: '5', count: '5' } };
    expect(checkDrop(few, context)).toEqual({ 'packet.count': en.problems.rainCount(6) });
    expect(toDropRequest(draft, 'CNY')).not.toHaveProperty('tiers');
    expect(amountOf(draft, 'CNY')).toBe(888_800);
  });
});
