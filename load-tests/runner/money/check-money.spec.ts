import { describe, expect, it } from 'vitest';
import { checkMoney, type Heard } from './check-money.ts';
import type { Evidence } from './evidence.ts';

/** A room's packet of 100 in two shares, and a campaign of 500 whose packet of 300 gave 120. All is right. */
function rightEvidence(): Evidence {
  const claim = (ordinal: number, userId: string, amount: number) => ({
    ordinal,
    userId,
    amount,
    settled: true,
  });
  return {
    rooms: [
      {
        ...{
          packetId: 'p1',
          funder: 'sender',
          amount: 100,
          count: 3,
          claimedCount: 2,
          state: 'expired',
          refunded: 30,
        },
        claims: [claim(1, 'ann', 40), claim(2, 'bo', 30)],
      },
    ],
    senders: [{ userId: 'sender', funded: 1_000, available: 930, held: 0 }],
    tenants: [{ tenantId: 't1', available: 380, held: 0 }],
    campaigns: [
      {
        ...{
          campaignId: 'c1',
          tenantId: 't1',
          state: 'ended',
          budget: 500,
          spent: 120,
          refunded: 380,
          held: 0,
        },
        ledger: { spent: 120, refunded: 380, held: 0 },
        packets: [
          {
            ...{ packetId: 'p2', funder: 'c1', amount: 300, state: 'finished', refunded: 180 },
            claims: [claim(1, 'ann', 120)],
          },
        ],
      },
    ],
  };
}

function rightHeard(): Heard {
  return {
    wins: [
      ['p1', 0, 1, 40],
      ['p1', 1, 2, 30],
      ['p2', 0, 1, 120],
    ],
    unknown: [],
    userIds: ['ann', 'bo', 'sender'],
    toldAll: () => true,
  };
}

function wrongIn(change: (evidence: Evidence, heard: Heard) => void): Record<string, string> {
  const [evidence, heard] = [rightEvidence(), rightHeard()];
  change(evidence, heard);
  const { checks } = checkMoney(evidence, heard);
  return Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]));
}

const ofPackets = 'claims and refund make up each packet';
const ofWins = 'every acknowledged win is a settled claim';
const ofUnheard = 'every claim that nobody heard of is of a grab without an answer';
const ofWallets = 'wallets of senders';
const ofCampaigns = 'ledgers of campaigns';

describe('money that is right', () => {
  it('passes every check, with its sums', () => {
    const { checks, ...sums } = checkMoney(rightEvidence(), rightHeard());
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(sums).toEqual({ funded: 400, claimed: { count: 3, amount: 190 }, refunded: 210, unheard: 0 });
  });

  it('may have a claim whose answer was lost', () => {
    const [evidence, heard] = [rightEvidence(), rightHeard()];
    const lost = { ...heard, wins: heard.wins.slice(0, 2), unknown: [['p2', 0]] as [string, number][] };
    const { checks, unheard } = checkMoney(evidence, lost);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(unheard).toBe(1);
  });

  it('may have claims that a VU could not tell of, because it was stopped', () => {
    const { checks } = checkMoney(rightEvidence(), { ...rightHeard(), wins: [], toldAll: () => false });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('counts what a sender wins in its wallet', () => {
    expect(
      wrongIn((evidence, heard) => {
        evidence.rooms[0]!.claims[1]!.userId = 'sender';
        evidence.senders[0]!.available = 960;
        (heard.wins[1] as unknown[])[1] = 2;
      }),
    ).toEqual({});
  });
});

describe('a planted fault is found:', () => {
  it('one fen less', () => {
    const found = wrongIn((evidence) => (evidence.rooms[0]!.claims[0]!.amount = 39));
    expect(found[ofPackets]).toContain('p1: claims 69 + refund 30 is not 100');
    expect(found[ofWins]).toContain('p1:1 won by ann (40) is a claim of 39');
  });

  it('one fen that the refund lost', () => {
    const found = wrongIn((evidence) => (evidence.rooms[0]!.refunded = 29));
    expect(found[ofPackets]).toContain('p1');
    expect(found[ofWallets]).toContain('sender has 930, not 929');
  });

  it('a win without its claim', () => {
    const found = wrongIn((evidence) => evidence.rooms[0]!.claims.pop());
    expect(found[ofWins]).toContain('p1:2 won by bo (30) is no claim');
    expect(found[ofPackets]).toContain('1 claims, and the packet counts 2');
  });

  it('a win on a packet that there is not', () => {
    expect(wrongIn((_, heard) => ((heard.wins[0] as unknown[])[0] = 'p9'))[ofWins]).toContain(
      'no such packet',
    );
  });

  it("a share that went to somebody else's hands", () => {
    const found = wrongIn((evidence) => (evidence.rooms[0]!.claims[0]!.userId = 'cy'));
    expect(found[ofWins]).toContain('p1:1 won by ann (40) is a claim of cy');
    expect(found[ofUnheard]).toContain('cy, who is not in this run');
  });

  it('a claim that is not settled', () => {
    expect(wrongIn((evidence) => (evidence.rooms[0]!.claims[0]!.settled = false))[ofWins]).toContain(
      'not settled',
    );
  });

  it('a person with two claims', () => {
    const found = wrongIn((evidence) => (evidence.rooms[0]!.claims[1]!.userId = 'ann'));
    expect(found['no person has two claims of a packet']).toContain('p1:2 of ann');
  });

  it('a win that was told twice', () => {
    expect(wrongIn((_, heard) => (heard.wins as unknown[]).push(heard.wins[0]))[ofWins]).toContain(
      'told twice',
    );
  });

  it('a share given twice', () => {
    const found = wrongIn((evidence) => (evidence.rooms[0]!.claims[1]!.ordinal = 1));
    expect(found['no share was given twice']).toContain('p1:1 of bo');
  });

  it('a share beyond the last', () => {
    const found = wrongIn((evidence) => (evidence.rooms[0]!.claims[1]!.ordinal = 4));
    expect(found['no share was given twice']).toContain('p1:4 of bo is no share of 3');
  });

  it('a claim that nobody was told of and nobody was left waiting for', () => {
    const found = wrongIn((_, heard) => (heard.wins as unknown[]).splice(1, 1));
    expect(found).toEqual({ [ofUnheard]: '1 wrong of 1 unheard: p1:2 (30) of bo, who was not told' });
  });

  it('a packet that is still open', () => {
    expect(wrongIn((evidence) => (evidence.rooms[0]!.state = 'open'))['every packet is closed']).toContain(
      'p1 is open',
    );
  });

  it('a wallet with a fen too much, or with money held', () => {
    expect(wrongIn((evidence) => (evidence.senders[0]!.available += 1))).toEqual({
      [ofWallets]: '1 wrong of 1 senders: sender has 931, not 930',
    });
    expect(wrongIn((evidence) => (evidence.senders[0]!.held = 5))[ofWallets]).toContain('5 held');
  });

  it('a campaign whose ledger, claims or budget differ by a fen', () => {
    const campaign = (evidence: Evidence) => evidence.campaigns[0]!;
    expect(wrongIn((evidence) => (campaign(evidence).ledger.spent = 119))[ofCampaigns]).toContain(
      'transfers 119',
    );
    expect(
      wrongIn((evidence) => (campaign(evidence).packets[0]!.claims[0]!.amount = 121))[ofCampaigns],
    ).toContain('claims make 121, and 120 was spent');
    expect(wrongIn((evidence) => (campaign(evidence).budget = 501))[ofCampaigns]).toContain('is not 501');
    expect(wrongIn((evidence) => (campaign(evidence).held = 1))[ofCampaigns]).toContain('still holds 1');
  });
});

describe('a tenant', () => {
  it('has to have back what all of its campaigns gave back', () => {
    expect(wrongIn((evidence) => (evidence.tenants[0]!.available = 379))).toEqual({
      'accounts of tenants': '1 wrong of 1 tenants: t1 has 379, and 380 was given back to it',
    });
  });
});

describe('a long list of wrongs', () => {
  it('names the first hundred and how many more there are', () => {
    const evidence = rightEvidence();
    const { claims } = evidence.rooms[0]!;
    for (let k = 0; k < 150; k += 1) claims.push({ ordinal: 1, userId: 'ann', amount: 0, settled: true });
    const { checks } = checkMoney(evidence, rightHeard());
    const wrong = checks.find(({ name }) => name === 'no person has two claims of a packet')!;
    expect(wrong.detail).toContain('150 wrong');
    expect(wrong.detail).toContain('and 50 more');
  });
});
