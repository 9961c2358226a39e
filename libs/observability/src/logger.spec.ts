import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeLogger } from './logger.js';

describe('a log line', () => {
  it('of a failed query has neither its parameters nor the row that failed', () => {
    const lines: string[] = [];
    const into = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      parameters: ['the seed'],
      driverError: { detail: 'Failing row contains (the seed)' },
    });
    makeLogger('test', 'info', into).error({ err: error, token: 'the token' }, 'failed');
    expect(lines[0]).toContain('duplicate key');
    expect(lines[0]).toContain('23505');
    expect(lines[0]).not.toMatch(/the seed|the token/);
  });
});
