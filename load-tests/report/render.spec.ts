import { describe, expect, it } from 'vitest';
import type { ReportData } from './page/report-data.ts';
import { embed, renderReport } from './render.ts';
import { sampleResult } from './test-sample.ts';

const BYTES_MAX = 450_000;
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  ']]>',
  'line\u2028end\u2029here',
  '"quotes" & ampersands \\ \u0000 \ud800',
  '<img src=x onerror=alert(1)>',
];

const dataIn = (html: string) => {
  const [, json] = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html)!;
  return JSON.parse(json!) as ReportData;
};
const withoutData = (html: string) =>
  html
    .replace(/<script type="application\/json"[\s\S]*?<\/script>/, '')
    .replaceAll('http://www.w3.org/2000/svg', '');

describe('the report', () => {
  it('holds the result as it is, whatever stands in its words', async () => {
    const result = sampleResult({ seconds: 10 });
    result.title = HOSTILE.join(' ');
    result.assumptions = HOSTILE;
    result.totals.errors = Object.fromEntries(HOSTILE.map((code) => [code, 1]));
    const html = await renderReport(result);
    expect(dataIn(html)).toEqual({ result: JSON.parse(JSON.stringify(result)) });
    expect(html.match(/<script\b/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain('<img');
    expect(html).toContain('<title>&lt;/script&gt;');
  });

  it('says nothing to older parsers that would end a script or a line in it', () => {
    expect(embed(HOSTILE)).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(embed(HOSTILE))).toEqual(HOSTILE);
  });

  it('asks nothing of any server', async () => {
    const html = withoutData(
      await renderReport(sampleResult({ seconds: 10 }), sampleResult({ seconds: 10 })),
    );
    expect(html).not.toMatch(/https?:\/\/|\/\/[a-z0-9-]+\.[a-z]{2,}/i);
    expect(html).not.toMatch(/@import|url\((?!data:)|\bsrc=|<link(?! rel="icon" href="data:,")/);
    expect(html).toContain("default-src 'none'");
  });

  it(`of three minutes is smaller than ${BYTES_MAX} bytes, and with an earlier run beside it too`, async () => {
    const [now, earlier] = [sampleResult({ seconds: 180 }), sampleResult({ seconds: 180, seed: 2 })];
    expect(Buffer.byteLength(await renderReport(now, earlier))).toBeLessThan(BYTES_MAX);
  });

  it('keeps of an earlier run only what is compared', async () => {
    const { earlier } = dataIn(
      await renderReport(sampleResult({ seconds: 10 }), sampleResult({ seconds: 12 })),
    );
    expect(earlier).toMatchObject({ seconds: 12, saturation: [], marks: [] });
    expect(Object.keys(earlier!.series)).toEqual(['offered', 'answered', 'times']);
  });
});
