import type { Answers } from '@app/contracts';
import type { Packet } from '../state/merge.js';
import { whenPersonChanges } from '../state/session.js';
import { createStore } from '../state/store.js';
import { answersFor, EMPTY_DRAFT, type GateDraft } from './gate-answers.js';

/** By packet, or by drop for a rain: kept when the envelope is put away, and after a wrong answer. */
export const draftsStore = createStore<{ drafts: Readonly<Record<string, GateDraft>> }>({ drafts: {} });

whenPersonChanges(() => draftsStore.set({ drafts: {} }));

export const draftOf = (key: string): GateDraft => draftsStore.get().drafts[key] ?? EMPTY_DRAFT;

export function changeDraft(key: string, part: Partial<GateDraft>): void {
  draftsStore.set(({ drafts }) => ({ drafts: { ...drafts, [key]: { ...draftOf(key), ...part } } }));
}

/** Undefined for a packet without gates. */
export function answersOf({ gates }: Packet, key: string): Answers | undefined {
  return gates && gates.length > 0 ? answersFor(gates, draftOf(key)) : undefined;
}
