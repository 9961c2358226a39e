import { dropTextNow } from '../i18n/drops.js';
import { whenPersonChanges } from '../state/session.js';
import { announce, serverNow } from '../state/ui.js';
import type { Standing } from './drops.js';
import { roundAt } from './rounds.js';

const SPOKEN_AS_SECONDS_MAX = 90;

function spoken(leftMs: number): string {
  const t = dropTextNow().strip;
  const seconds = Math.max(1, Math.round(leftMs / 1_000));
  return seconds <= SPOKEN_AS_SECONDS_MAX ? t.seconds(seconds) : t.minutes(Math.round(seconds / 60));
}

/** Words that were read out already; the strip comes and goes with the rooms, news stay told. */
const told = new Set<string>();
whenPersonChanges(() => told.clear());

function newsOf({ drop, phase, opensAt }: Standing, now: number): { id: string; words: string } | null {
  const t = dropTextNow().strip;
  const { senderName } = drop.first;
  const rain = drop.rounds.length > 0;
  if (phase === 'announced' && opensAt !== null) {
    const say = rain ? t.rainAnnounced : t.announced;
    return { id: `${drop.key} announced`, words: say(senderName, spoken(opensAt - now)) };
  }
  if (phase !== 'open') return null;
  if (!rain) return { id: `${drop.key} open`, words: t.opened(senderName) };
  const at = roundAt(drop.rounds, now);
  if (at.stage !== 'running') return null;
  const { round, rounds } = at.round;
  return { id: `${drop.key} round ${round}`, words: t.round(senderName, round, rounds) };
}

/** For those who do not see the cards: each announcement and each opening once. */
export function tellNews(standings: readonly Standing[]): void {
  const now = serverNow();
  const words = standings.flatMap((standing) => {
    const news = newsOf(standing, now);
    if (!news || told.has(news.id)) return [];
    told.add(news.id);
    return [news.words];
  });
  if (words.length > 0) announce(words.join(' '));
}
