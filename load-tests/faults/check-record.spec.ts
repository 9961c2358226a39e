import { describe, expect, it } from 'vitest';
import { checkRecord, type RecordFacts } from './check-record.js';
import type { Answer } from './record.js';

const PACKET = '00000000-0000-4000-8000-00000000000a';
const OPENS = 1_000_000;
const EXPIRES = OPENS + 60_000;

/** One that won and heard it, one whose ack was lost and who asked again, one who came too late. */
const answers: Answer[] = [
  said('ann', 1, { outcome: 'won', ordinal: 1, amount: 40 }),
  said('ann', 20, { outcome: 'already', ordinal: 1, amount: 40 }),
  { ...said('ben', 2, { outcome: 'unknown' }), answeredAtMs: Infinity },
  said('ben', 30, { outcome: 'busy' }),
  said('ben', 40, { outcome: 'already', ordinal: 2, amount: 60 }),
  said('cat', 50, { outcome: 'empty' }),
];
const sound: RecordFacts = {
  answers,
  packets: [{ packetId: PACKET, opensAtMs: OPENS, expiresAtMs: EXPIRES, closedAtMs: OPENS + 5_000 }],
  claims: [
    { packetId: PACKET, userId: 'ann', ordinal: 1, amount: 40 },
    { packetId: PACKET, userId: 'ben', ordinal: 2, amount: 60 },
  ],
};

/** Asked so many milliseconds after the opening, answered one later. */
function said(userId: string, afterMs: number, answer: Partial<Answer> & Pick<Answer, 'outcome'>): Answer {
  const askedAtMs = OPENS + afterMs;
  return { n: afterMs, userId, packetId: PACKET, askedAtMs, answeredAtMs: askedAtMs + 1, ...answer };
}

const with_ = (...more: Answer[]) => checkRecord({ ...sound, answers: [...answers, ...more] });
const brokenBy = (...more: Answer[]) =>
  with_(...more).map(({ invariant, detail }) => `${invariant} ${detail.split(' (')[0]}`);

describe('the clients’ record', () => {
  it('of a sound run breaks nothing', () => {
    expect(checkRecord(sound)).toEqual([]);
  });

  it('shows who won twice', () => {
    expect(brokenBy(said('ann', 60, { outcome: 'won', ordinal: 1, amount: 40 }))).toEqual([
      'I2 told won twice',
    ]);
  });

  it('shows a share that is another than before, by one fen or by its ordinal', () => {
    for (const other of [
      { ordinal: 1, amount: 41 },
      { ordinal: 3, amount: 40 },
    ]) {
      const broken = with_(said('ann', 60, { outcome: 'already', ...other }));
      expect(broken.map(({ invariant }) => invariant)).toEqual(['I5', 'I5']);
      expect(broken[0]).toMatchObject({ ids: [`${PACKET}:ann`] });
      expect(broken[0]!.detail).toContain(
        'told another share than before (1): ann was told ordinal 1 over 40, then',
      );
    }
  });

  it('shows a win that was denied afterwards', () => {
    for (const denial of [
      { outcome: 'empty' },
      { outcome: 'closed' },
      { outcome: 'refused', code: 'not_found' },
    ] as const)
      expect(brokenBy(said('ben', 6_000, denial))).toEqual([
        `I5 told ${'code' in denial ? denial.code : denial.outcome} after a win`,
      ]);
  });

  it('shows a win after a definite refusal, but not one whose grab was under way before it', () => {
    const late = { ordinal: 2, amount: 60 };
    expect(brokenBy(said('cat', 60, { outcome: 'won', ...late }))).toContain('I6 told of a win after empty');
    const crossed = said('ben', 39, { outcome: 'empty' });
    expect(brokenBy({ ...crossed, answeredAtMs: OPENS + 55 })).not.toContain('I6 told of a win after empty');
  });

  it('is not broken by a refusal that may be followed by a win', () => {
    expect(
      checkRecord({
        ...sound,
        answers: [said('ann', 0, { outcome: 'not_eligible', reason: 'cap' }), ...answers],
      }),
    ).toEqual([]);
  });

  it('shows what was told and is not in the ledger, `already` as well as `won`', () => {
    const [ann, ben] = sound.claims;
    const of = (claims: RecordFacts['claims']) => checkRecord({ ...sound, claims });
    expect(of([ben!])).toMatchObject([{ invariant: 'I5', ids: [`${PACKET}:1`] }]);
    expect(of([ann!, { ...ben!, amount: 61 }])).toMatchObject([{ invariant: 'I5', ids: [`${PACKET}:2`] }]);
    expect(of([ann!, { ...ben!, ordinal: 3 }])[0]!.detail).toContain('the ledger has ordinal 3 over 60');
  });

  it('shows a win before the opening or asked for after the end, and people kept out meanwhile', () => {
    const ann = { ordinal: 1, amount: 40 };
    const at = (ms: number, answer: Partial<Answer> & Pick<Answer, 'outcome'>) =>
      checkRecord({ ...sound, answers: [said('ann', ms, answer)] }).map(
        ({ detail }) => detail.split(' (')[0],
      );
    expect(at(-500, { outcome: 'won', ...ann })).toEqual(['won before it opened']);
    expect(at(60_500, { outcome: 'won', ...ann })).toEqual(['won what was asked for after it expired']);
    expect(at(500, { outcome: 'not_open' })).toEqual(['told not_open after it opened']);
    expect(at(500, { outcome: 'closed' })).toEqual(['told closed before it was']);
    expect(at(-500, { outcome: 'not_open' })).toEqual([]);
    expect(at(5_500, { outcome: 'closed' })).toEqual([]);
  });

  it('holds what was said to people whose win a disk lost against nothing that came after, and to no others', () => {
    const lostAtMs = new Map([[PACKET, OPENS + 55]]);
    const lostWins = new Set([`${PACKET}:ann`, `${PACKET}:ben`]);
    const facts = {
      ...{ ...sound, lostAtMs, lostWins },
      claims: [{ packetId: PACKET, userId: 'cat', ordinal: 1, amount: 40 }],
    };
    const later = said('cat', 60, { outcome: 'won', ordinal: 1, amount: 40 });
    expect(checkRecord({ ...facts, answers: [...answers, later] })).toEqual([]);
    expect(checkRecord({ ...facts, answers: [...answers, { ...later, amount: 41 }] })).toMatchObject([
      { invariant: 'I5' },
    ]);
  });
});
