import type { DropView, Segment } from '@app/contracts';
import type { Figures } from '../use-figures.js';
import type { Words } from '../words/index.js';

/** A segment in a few words. */
export function segmentText(segment: Segment, words: Words): string {
  const said = words.drop.segment;
  const attributes = Object.entries(segment.attributes ?? {}).map(([name, wanted]) => {
    if (typeof wanted !== 'object') return said.isShort(name, String(wanted));
    if ('is' in wanted) return said.isShort(name, wanted.is.join(', '));
    return said.betweenShort(name, String(wanted.min ?? ''), String(wanted.max ?? ''));
  });
  const newcomers = segment.newcomerDays ? [said.newcomersShort(segment.newcomerDays)] : [];
  return [...newcomers, ...attributes].join(', ');
}

export function audienceText(
  { audience }: DropView,
  words: Words,
  listName: (id: string) => string | undefined,
): string {
  const said = words.drop.audienceKinds;
  switch (audience.kind) {
    case 'everyone':
    case 'room':
      return said[audience.kind];
    case 'list':
      return listName(audience.audienceId) ?? said.list;
    case 'segment':
      return segmentText(audience.segment, words);
  }
}

/** Conditions and ways of a drop, each in a word or two. */
export function extrasOf({ gates, rain, shake, tiers }: DropView, words: Words): string[] {
  const said = words.drop;
  return [
    ...(rain ? [`${said.ways.rain} ×${rain.rounds}`] : []),
    ...(shake ? [said.ways.shake] : []),
    ...gates.map((gate) =>
      gate.kind === 'quiz'
        ? `${said.gates.kinds.quiz} (${said.gates.quizShort(gate.questions.length)})`
        : said.gates.kinds[gate.kind],
    ),
    ...(tiers.length > 0 ? [words.calendar.tiers(tiers.length)] : []),
  ];
}

/** All that a drop gives at most: its own packet's and its tiers'. */
export function dropAmount({ packet, tiers }: DropView): number {
  return packet.amount + tiers.reduce((sum, tier) => sum + tier.packet.amount, 0);
}

export function dropTitle(drop: DropView, currency: string, words: Words, { time, money }: Figures): string {
  const parts = [
    time(drop.opensAt),
    money(drop.packet.amount, currency),
    words.calendar.shares(drop.packet.count),
  ];
  return [...parts, ...extrasOf(drop, words)].join(' · ');
}
