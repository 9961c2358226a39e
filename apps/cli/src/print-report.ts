import { INVARIANTS, type AuditReport, type Invariant } from '@app/audit';

const IDS_SHOWN_MAX = 5;

/** What docs/architecture.md calls them, in a few words each. */
const MEANINGS: Record<Invariant, string> = {
  I1: 'claimed + refunded + escrow = funded',
  I2: 'one claim for a user and an ordinal, as split',
  I3: 'nothing under zero',
  I4: 'every transfer balances and has its reason',
  I5: 'every win is settled',
  I6: 'nothing is settled that was refused',
  I7: 'empty only when all is taken',
  I8: 'no claim before the opening or after the close',
  I9: 'nothing is left behind',
  I10: 'both stores say the same',
};

/** The report for people: a line for each invariant, and under it what breaks it. */
export function describeReport({ ok, checked, broken }: AuditReport, tookMs: number): string {
  const wide = Math.max(...Object.values(MEANINGS).map((meaning) => meaning.length));
  const lines = INVARIANTS.flatMap((invariant) => {
    const found = broken.filter((line) => line.invariant === invariant);
    const verdict = found.length === 0 ? 'ok' : 'BROKEN';
    return [
      `${invariant.padEnd(4)} ${MEANINGS[invariant].padEnd(wide)}  ${verdict}`,
      ...found.flatMap(({ detail, ids }) => [`       ${detail}`, `         ${someOf(ids)}`]),
    ];
  });
  const { packets, claims, transfers } = checked;
  const counted = [
    `${figure(packets)} packets`,
    `${figure(claims)} claims`,
    `${figure(transfers)} transfers`,
  ];
  lines.push(
    '',
    `${ok ? 'ok' : 'BROKEN'}: ${counted.join(', ')} checked in ${(tookMs / 1_000).toFixed(1)} s`,
  );
  return lines.join('\n');
}

function someOf(ids: readonly string[]): string {
  const more =
    ids.length > IDS_SHOWN_MAX ? ` … and ${figure(ids.length - IDS_SHOWN_MAX)} more (--json has them)` : '';
  return `${ids.slice(0, IDS_SHOWN_MAX).join(' ')}${more}`;
}

const figure = (n: number) => n.toLocaleString('en-US');
