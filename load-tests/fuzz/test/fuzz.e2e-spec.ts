import { expect, it } from 'vitest';
import { serviceUnderTest } from '../../../apps/launcher/test/service-under-test.js';
import { FUZZER_NAMES, runFuzz } from '../run.js';

const SECONDS = 4;
const { url, env } = serviceUnderTest();

it.each(FUZZER_NAMES)(
  '%s: whatever is sent, each request has one known answer, and processes and money stay as they were',
  async (name) => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
    const say = (line: string) => console.log(line);
    expect(await runFuzz({ url, env, seed, seconds: SECONDS, only: [name], say })).toEqual([]);
  },
  120_000,
);
