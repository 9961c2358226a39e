import type { LatencyView } from '@app/contracts';
import { useFigures } from '../use-figures.js';
import { useWords } from '../words/index.js';

const MARKS = ['p50', 'p95', 'p99'] as const;

/** How long a grab took, drawn against the slowest of the three. */
export function Latency({ latency }: { latency: LatencyView }) {
  const words = useWords().live;
  const { ms, count } = useFigures();
  const most = Math.max(latency.p99, 1);
  return (
    <div class="stack-tight">
      <table class="funnel funnel-latency" data-testid="latency">
        <caption class="visually-hidden">{words.latency}</caption>
        <tbody>
          {MARKS.map((mark) => (
            <tr key={mark}>
              <th scope="row">{mark}</th>
              <td>
                <div class="funnel-cell">
                  <span
                    class="funnel-bar"
                    style={{ width: `${(100 * latency[mark]) / most}%` }}
                    aria-hidden="true"
                  />
                  <span class="funnel-count">{ms(latency[mark])}</span>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{words.grabs(count(latency.count))}</p>
    </div>
  );
}
