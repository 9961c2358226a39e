import { describe, expect, it } from 'vitest';
import { sampleResult } from '../test-sample.ts';
import { changeOf, differences, SAME_QUANTILE_WITHIN } from './change.ts';
import { earlierOf } from './report-data.ts';

const said = (...of: Parameters<typeof changeOf>) => {
  const { tone, says } = changeOf(...of);
  return [tone, says.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-')];
};

describe('a change', () => {
  it('is better or worse by which way is good, with its sign', () => {
    expect(said(80, 100, 'less')).toEqual(['better', '-20 %, better']);
    expect(said(125, 100, 'less')).toEqual(['worse', '+25 %, worse']);
    expect(said(109.52, 100, 'more')).toEqual(['better', '+9.5 %, better']);
    expect(said(50, 100, 'more')).toEqual(['worse', '-50 %, worse']);
  });

  it('of what was asked is neither', () => {
    expect(said(120, 100, 'neither')).toEqual(['other', '+20 %']);
  });

  it('smaller than two runs differ anyway is none', () => {
    expect(said(100, 100, 'less')).toEqual(['same', 'the same']);
    expect(said(100.4, 100, 'less')).toEqual(['same', 'the same within 0.5 %']);
    expect(said(104, 100, 'less')).toEqual(['worse', '+4 %, worse']);
  });

  it('of a quantile counts from one step of its buckets on', () => {
    expect(said(104, 100, 'less', SAME_QUANTILE_WITHIN)).toEqual(['same', 'the same within 4 %']);
    expect(said(108.16, 100, 'less', SAME_QUANTILE_WITHIN)[0]).toBe('worse');
  });

  it('from nothing has no ratio, and a fall to nothing is whole', () => {
    expect(changeOf(5, 0, 'less')).toEqual({ tone: 'worse', says: 'more, worse' });
    expect(changeOf(0, 5, 'less')).toMatchObject({ by: -1, tone: 'better' });
  });
});

describe('two runs', () => {
  it('of the same thing on the same machine differ in nothing', () => {
    expect(differences(sampleResult({ seed: 2 }), earlierOf(sampleResult()))).toEqual([]);
  });

  it('that are not alike say in what', () => {
    const [now, then] = [sampleResult(), sampleResult({ seconds: 60 })];
    now.scale = 0.001;
    now.workload = 'spike';
    now.machine = { ...now.machine, cores: 8, sameAsTarget: false };
    expect(differences(now, earlierOf(then))).toEqual([
      'the workload: sample-evening then, spike now',
      'the scale: 0.0001 then, 0.001 now',
      'the length of the load: 60 s then, 180 s now',
      'the processor: Sample CPU at 2.0 GHz, 2 cores then, Sample CPU at 2.0 GHz, 8 cores now',
      'where k6 ran: beside the service then, on another machine now',
    ]);
  });
});
