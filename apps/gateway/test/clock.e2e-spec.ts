import { afterAll, expect, it } from 'vitest';
import { HongbaoClient } from '@app/client';
import { signIn, until } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();
/** How wrong the clients' own clocks are. */
const OFF_MS = [-3_600_000, -7_300, -40, 0, 900, 12_345, 86_400_000];
const OPEN_MS_MAX = 50;
/** An exchange that took less says the time well enough; on a machine that is busy it may take some tries. */
const ERROR_MS_MAX = 20;
const OPENS_IN_MS = 1_500;

const clients: HongbaoClient[] = [];
afterAll(() => {
  for (const client of clients) client.close();
});

/**
 * The server's clock is Redis's, on this machine, so the true instant is known here without asking. What a timer of a busy
 * process is late is no client's doing: one more timer, planned by the true clock for the same instant, tells how much.
 */
it('clients whose own clocks are off by seconds, hours and a day open at the server’s instant', async () => {
  const { token } = await signIn(url, 'clock');
  for (const offMs of OFF_MS) {
    const client = await HongbaoClient.connect({ url, token, now: () => Date.now() + offMs });
    clients.push(client);
    await until('the time is known well', async () => {
      await client.clock.sync();
      return client.clock.errorMs < ERROR_MS_MAX;
    });
  }
  const knownOff = clients.map(({ clock }) => clock.now() - Date.now());

  const opensAt = Date.now() + OPENS_IN_MS;
  const openedLateMs: number[] = [];
  let timerLateMs = NaN;
  for (const { clock } of clients) clock.at(opensAt, () => openedLateMs.push(Date.now() - opensAt));
  setTimeout(() => (timerLateMs = Date.now() - opensAt), opensAt - Date.now());
  await until('all are open', () => openedLateMs.length === clients.length && timerLateMs >= -1);

  const figures = clients.map(({ clock }, k) => ({
    ownClockOffMs: OFF_MS[k],
    knownOffMs: Math.round(knownOff[k]! * 10) / 10,
    boundMs: Math.round(clock.errorMs * 10) / 10,
  }));
  console.log(JSON.stringify({ opensAt, openedLateMs, timerLateMs, figures }));
  // A millisecond for clocks that are read in whole ones, on each side.
  clients.forEach(({ clock }, k) => expect(Math.abs(knownOff[k]!)).toBeLessThanOrEqual(clock.errorMs + 2));
  for (const lateMs of openedLateMs)
    expect(Math.abs(lateMs - Math.max(0, timerLateMs))).toBeLessThan(OPEN_MS_MAX);
});
