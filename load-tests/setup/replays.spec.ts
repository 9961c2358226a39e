import { describe, expect, it } from 'vitest';
import type { Workload } from '../model/workload.ts';
import { peakOf, totalOf } from './curve.ts';
import { sizeOf, type Size } from './size.ts';
import { placeOf } from '../workloads/evening.ts';
import { springFestival2014 } from '../workloads/spring-festival-2014.ts';
import { springFestival2015 } from '../workloads/spring-festival-2015.ts';
import { springFestival2016 } from '../workloads/spring-festival-2016.ts';
import { springFestival2017 } from '../workloads/spring-festival-2017.ts';

const EVENING = { from: '18:00', until: '01:00' };
const EVENING_SECONDS = 7 * 3_600;
const GALA = { from: '20:00', until: '00:30' };
const GALA_SECONDS = 4.5 * 3_600;

/** Over both parts, of packets with 2 and with 3 shares. */
function sendsAndOpens({ rooms }: Size) {
  const sum = (read: (part: Size['rooms'][number]) => number) =>
    rooms.reduce((all, part) => all + read(part), 0);
  return {
    sends: sum((part) => totalOf(part.sends)),
    opens: sum((part) => totalOf(part.sends) * part.packet.shares),
    peakSends: sum((part) => peakOf(part.sends).perSecond),
    peakOpens: sum((part) => peakOf(part.sends).perSecond * part.packet.shares),
    peakAt: peakOf(rooms[0]!.sends).atSecond,
  };
}

const chats: [Workload, { peakOpens: number; peakSends: number; at: string; total: number | undefined }][] = [
  [
    springFestival2014,
    { peakOpens: 25_000 / 60, peakSends: 25_000 / 60 / 2.6, at: '00:00', total: undefined },
  ],
  [
    springFestival2016,
    { peakOpens: (409_000 * 2.6) / 3.6, peakSends: 409_000 / 3.6, at: '00:04', total: 8.08e9 },
  ],
  [
    springFestival2017,
    { peakOpens: (760_000 * 2.6) / 3.6, peakSends: 760_000 / 3.6, at: '00:00', total: 14.2e9 },
  ],
];

describe.each(chats)('$name', (workload, figures) => {
  // Scale 1 has more people than a run may: figures are read at a thousandth.
  const part = 0.001;
  const full = sendsAndOpens(sizeOf(workload, { scale: part, seconds: EVENING_SECONDS }));

  it('has the peak of the evening, at its instant', () => {
    expect(full.peakSends / part).toBeCloseTo(figures.peakSends, 3);
    expect(full.peakOpens / part).toBeCloseTo(figures.peakOpens, 3);
    expect(full.peakAt).toBeCloseTo(placeOf(EVENING, figures.at) * EVENING_SECONDS, 3);
  });

  it('has 2.6 opens to a send', () => {
    expect(full.opens / full.sends).toBeCloseTo(2.6);
  });

  it('has three fifths of the day in its evening, at full length', () => {
    if (figures.total === undefined) return;
    expect((full.sends + full.opens) / part / figures.total).toBeCloseTo(0.6);
  });

  it('keeps its shape at every scale, and its rates at every duration', () => {
    const small = sendsAndOpens(sizeOf(workload, {}));
    expect(small.peakSends / workload.scale).toBeCloseTo(figures.peakSends, 3);
    expect(small.peakAt / workload.seconds).toBeCloseTo(full.peakAt / EVENING_SECONDS);
    const meanToPeak = ({ sends, peakSends }: typeof full, seconds: number) => sends / seconds / peakSends;
    expect(meanToPeak(small, workload.seconds)).toBeCloseTo(meanToPeak(full, EVENING_SECONDS));
  });

  it('says from what it is built and what was assumed', () => {
    expect(workload.sources.length).toBeGreaterThan(1);
    expect(workload.assumptions.join(' ')).toMatch(/140 times as fast/);
  });
});

describe('spring-festival-2015', () => {
  const part = 0.001;
  const { crowd } = sizeOf(springFestival2015, { scale: part, seconds: GALA_SECONDS });
  const drops = crowd!.drops;
  const peaks = drops.map((drop) => peakOf(drop.taps));
  const highest = peaks.reduce((best, peak) => (peak.perSecond > best.perSecond ? peak : best));

  it('has 810 M shakes in the minute from 22:34', () => {
    expect((highest.perSecond * 60) / part).toBeCloseTo(810e6, 0);
    expect(highest.atSecond).toBeCloseTo(placeOf(GALA, '22:34') * GALA_SECONDS, 3);
    const minute = drops
      .flatMap(({ taps }) => taps)
      .filter(({ perSecond }) => perSecond === highest.perSecond)
      .map(({ atSecond }) => atSecond);
    expect(minute[1]! - minute[0]!).toBeCloseTo(60);
  });

  it('has 11.0 bn shakes and gives 120 M packets, at full length', () => {
    const shakes = drops.reduce((sum, { taps }) => sum + totalOf(taps), 0);
    expect(shakes / part / 11.0e9).toBeCloseTo(1);
    const packets = drops.reduce((sum, { packet }) => sum + packet.count, 0);
    expect(packets / part / 120e6).toBeCloseTo(1, 3);
    expect(drops[0]!.shake!.oddsPercent).toBeCloseTo(1.09);
  });

  it('keeps its shape at every scale, and its rates at every duration', () => {
    const small = sizeOf(springFestival2015, {}).crowd!;
    const peakOfAll = Math.max(...small.drops.map((drop) => peakOf(drop.taps).perSecond));
    expect((peakOfAll * 60) / springFestival2015.scale).toBeCloseTo(810e6, 0);
    const shareOf = (own: typeof drops, k: number) => totalOf(own[k]!.taps) / totalOf(own[3]!.taps);
    expect(shareOf(small.drops, 0)).toBeCloseTo(shareOf(drops, 0));
    expect(small.drops[3]!.atSecond / springFestival2015.seconds).toBeCloseTo(
      drops[3]!.atSecond / GALA_SECONDS,
    );
  });

  it('lets one person in four only watch', () => {
    expect(crowd!.watchers / (crowd!.people + crowd!.watchers)).toBeCloseTo(0.25);
  });
});
