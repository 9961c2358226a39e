import { performance } from 'node:perf_hooks';
import { HongbaoClient, HttpClient } from '@app/client';
import type { PersonSays, PersonTold } from './steady-person.js';

/** 400 in ten seconds are anybody's own limit. */
const PACE_MS = 40;

const [url, token, packetId] = process.argv.slice(2) as [string, string, string];
const client = await HongbaoClient.connect({ url, token });
const http = new HttpClient({ url, token });
let isOver = true;

async function waitsUntilOver(): Promise<PersonSays> {
  const [grabs, wallets]: [number[], number[]] = [[], []];
  const timed = async (waits: number[], asked: Promise<unknown>) => {
    const beganMs = performance.now();
    await asked;
    waits.push(performance.now() - beganMs);
  };
  while (!isOver) {
    await timed(
      grabs,
      client.ask('packet:grab', { packetId }).then(({ outcome }) => mustBe('already', outcome)),
    );
    await timed(wallets, http.wallet());
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return { grabs, wallets };
}

function mustBe(expected: string, seen: string): void {
  if (seen !== expected) throw new Error(`a person who behaves was told ${seen}, not ${expected}`);
}

process.on('message', (told: PersonTold) => {
  isOver = told === 'end';
  if (told === 'begin')
    void waitsUntilOver()
      .catch((error: Error): PersonSays => ({ refused: error.message }))
      .then((said) => process.send!(said));
});
process.on('disconnect', () => process.exit());
process.send!('ready');
