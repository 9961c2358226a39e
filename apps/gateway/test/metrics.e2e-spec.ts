import { expect, it } from 'vitest';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();

/** Names with labels, as they stand at `/metrics` of the gateway. */
async function seriesShown(): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').flatMap((line) => (/^[a-z]/.test(line) ? [line.split(' ')[0]!] : []));
}

it('the gateway shows the metrics of all processes, each under its own name, and of the stores', async () => {
  const shown = await seriesShown();
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    expect(shown.filter((series) => series.startsWith(`${name}{`)).sort()).toEqual([
      `${name}{app="api"}`,
      `${name}{app="gateway"}`,
      `${name}{app="worker"}`,
    ]);
  }
  expect(shown).toEqual(
    expect.arrayContaining([
      'hongbao_redis_cpu_seconds_total{role="money",app="worker"}',
      'hongbao_redis_memory_bytes{role="money",app="worker"}',
      'hongbao_redis_commands_total{role="money",app="worker"}',
      'hongbao_redis_clients{role="money",app="worker"}',
      'hongbao_postgres_sessions{state="active",app="worker"}',
      'hongbao_postgres_sessions{state="waiting",app="worker"}',
      'hongbao_postgres_sessions{state="idle",app="worker"}',
      'hongbao_postgres_sessions_max{app="worker"}',
      'hongbao_postgres_transactions_total{app="worker"}',
      'hongbao_queue_jobs{queue="settlement",state="waiting",app="worker"}',
      'hongbao_outbox_entries{app="worker"}',
      'hongbao_slots_shut{app="worker"}',
    ]),
  );
  // The three roles are one server here: it is shown once.
  expect(shown.filter((series) => series.startsWith('hongbao_redis_cpu_seconds_total'))).toHaveLength(1);
});
