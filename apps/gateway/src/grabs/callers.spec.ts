import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayParts } from '../parts.js';
import { Callers, takeTurn } from './callers.js';

const opened: Callers[] = [];
afterEach(() => {
  for (const callers of opened.splice(0)) callers.onApplicationShutdown();
});

function callersOf(byUser: number, byAddress: number): Callers {
  const config = { USER_EVENTS_PER_10_SECONDS: byUser, ADDRESS_EVENTS_PER_10_SECONDS: byAddress };
  const callers = new Callers({ config } as GatewayParts);
  opened.push(callers);
  return callers;
}

/** How many of so many turns at once are given. */
const given = (caller: Parameters<typeof takeTurn>[0], turns: number) =>
  Array.from({ length: turns }, () => takeTurn(caller)).filter((waitMs) => waitMs === 0).length;

describe('callers', () => {
  it('one user has one bucket over all sockets and addresses, and is told when there is room again', () => {
    const callers = callersOf(5, 1_000);
    const [phone, desktop] = [callers.enter('u', 'a'), callers.enter('u', 'b')];
    expect(given(phone, 3) + given(desktop, 3)).toBe(5);
    expect(takeTurn(desktop)).toBeGreaterThan(0);
    expect(takeTurn(desktop)).toBeLessThanOrEqual(2_000);
    expect(given(callers.enter('v', 'a'), 1)).toBe(1);
  });

  it('all users of one address share a bucket too', () => {
    const callers = callersOf(1_000, 5);
    const people = ['u', 'v', 'w'].map((userId) => callers.enter(userId, 'a'));
    expect(people.reduce((sum, person) => sum + given(person, 3), 0)).toBe(5);
    expect(given(callers.enter('u', 'b'), 3)).toBe(3);
  });

  it('who leaves and comes back finds the bucket as it was left', () => {
    const callers = callersOf(5, 1_000);
    expect(given(callers.enter('u', 'a'), 9)).toBe(5);
    callers.leave('u', 'a');
    expect(given(callers.enter('u', 'a'), 9)).toBe(0);
  });
});
