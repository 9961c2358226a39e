import { bottleneck } from './bottleneck.ts';
import { Charts, markList } from './chart.ts';
import { el } from './dom.ts';
import { figures } from './figures.ts';
import { heardGroup, loadGroup } from './load-charts.ts';
import { measured } from './measured.ts';
import { money } from './money.ts';
import type { ReportData } from './report-data.ts';
import { saturationGroup } from './saturation-charts.ts';
import { timeGroups } from './time-charts.ts';
import { top } from './top.ts';
import { totals } from './totals.ts';
import { verdicts } from './verdicts.ts';

const data = JSON.parse(document.getElementById('data')!.textContent) as ReportData;
const { result } = data;
const charts = new Charts(result);

const sections = [
  figures(data),
  el('div', { class: 'judged' }, el('div', {}, verdicts(data), bottleneck(data)), money(data)),
  charts.group(loadGroup(data), ...markList(result)),
  ...timeGroups(data).map((group) => charts.group(group)),
  charts.group(heardGroup(data)),
  charts.group(saturationGroup(data)),
  totals(data),
  measured(data),
].filter((each) => each !== null);

document.title = `${result.title} · Hongbao load report`;
document.body.append(
  el('a', { class: 'skip', href: '#totals' }, 'Skip the charts'),
  el('main', {}, top(data), ...sections),
  el(
    'footer',
    {},
    'Drag along a chart to look closer. The arrow keys move along a chart that has the focus. Names under a chart show and hide its lines.',
  ),
);
charts.start();
document.documentElement.dataset['drawn'] = 'true';
