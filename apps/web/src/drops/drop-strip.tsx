import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { gatesChunk, rainChunk, shakeChunk } from '../chunks.js';
import { useDropText } from '../i18n/drops.js';
import { needsForm } from '../packet/gated.js';
import { packetsStore } from '../state/packets.js';
import { whenPersonChanges } from '../state/session.js';
import { useStore } from '../state/store.js';
import { showDialog, uiStore } from '../state/ui.js';
import { fetchSoon } from '../ui/use-chunk.js';
import { useServerNow } from './countdown.js';
import { DropCard } from './drop-card.js';
import { cardsToShow, groupDrops, noteDone, standingOf, type Drop, type Standing } from './drops.js';
import { tellNews } from './news.js';
import { roundAt } from './rounds.js';
import { seenStore } from './seen.js';
import './drops.css';

/** Over the visit, not the strip, which comes and goes with the rooms. */
const doneSince = new Map<string, number>();
whenPersonChanges(() => doneSince.clear());

const instantsOf = ({ rounds, first }: Drop) =>
  rounds.length > 0
    ? rounds.flatMap(({ opensAt, endsAt }) => [opensAt, endsAt])
    : [first.opensAt, first.expiresAt];

/** What a drop will need is there before it opens, and not fetched by everyone in that second. */
function useFetchedAhead(drops: readonly Drop[]): void {
  const rain = drops.some(({ rounds }) => rounds.length > 0);
  const shake = drops.some(({ first }) => first.shake);
  const gates = drops.some(({ first }) => needsForm(first));
  useEffect(() => {
    if (rain) fetchSoon(rainChunk);
    if (shake) fetchSoon(shakeChunk);
    if (gates) fetchSoon(gatesChunk);
  }, [rain, shake, gates]);
}

const isTyping = () => {
  const field = document.activeElement;
  return field instanceof HTMLTextAreaElement && field.value !== '';
};

/** A round that begins comes up by itself, unless one is doing something else or has left that rain before. */
function useRainToCome(standings: readonly Standing[], now: number): void {
  const raining = standings.find(
    ({ drop, phase }) => phase === 'open' && roundAt(drop.rounds, now).stage === 'running',
  )?.drop.key;
  useEffect(() => {
    const { dismissed, left } = seenStore.get();
    if (!raining || dismissed[raining] || left[raining]) return;
    if (uiStore.get().dialog || document.hidden || isTyping()) return;
    showDialog({ kind: 'rain', dropId: raining });
  }, [raining]);
}

export function DropStrip() {
  const t = useDropText().strip;
  const byId = useStore(packetsStore, (state) => state.byId);
  const won = useStore(packetsStore, (state) => state.won);
  const dismissed = useStore(seenStore, (state) => state.dismissed);
  const drops = useMemo(
    () => groupDrops(Object.values(byId).filter(({ roomId }) => roomId === null)),
    [byId],
  );
  const now = useServerNow(drops.flatMap(instantsOf));
  const standings = drops.map((drop) => standingOf(drop, won, now));
  noteDone(standings, doneSince, now);
  useEffect(() => tellNews(standings));
  useFetchedAhead(drops);
  useRainToCome(standings, now);
  const cards = cardsToShow(standings, doneSince, dismissed, now);
  const list = useRef<HTMLUListElement>(null);
  const leading = cards[0]?.drop.key;
  // Browsers keep in sight what was there; here what leads matters more.
  useLayoutEffect(() => list.current?.scrollTo({ left: 0 }), [leading]);
  if (cards.length === 0) return null;
  return (
    <section class="drops" aria-label={t.label} data-testid="drops">
      <ul ref={list}>
        {cards.map((standing) => (
          <DropCard key={standing.drop.key} standing={standing} now={now} />
        ))}
      </ul>
    </section>
  );
}
