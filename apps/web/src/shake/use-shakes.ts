import type { GrabResult } from '@app/contracts';
import { useRef, useState } from 'preact/hooks';
import { attempt, type Note } from '../flows/grab.js';
import { answersOf } from '../gates/drafts.js';
import type { Packet } from '../state/merge.js';
import { setGrab } from '../state/packets.js';
import { serverNow } from '../state/ui.js';
import { SHAKE_MS_MIN } from './motion.js';

const GIVE_UP_MS = 20_000;
/** A pause of the campaign is not asked about at every shake. */
const PAUSED_MS = 2_000;

export interface Shakes {
  tries: number;
  asking: boolean;
  note: Note;
  /** What the last try came to; null before the first, and while one is asked. */
  last: 'missed' | 'paused' | null;
  shake: () => void;
}

/** What a try means: a miss and until when nothing need be asked, or the end of the shaking. */
export function afterShake(
  { outcome, reason, opensAt }: GrabResult<number>,
  now: number,
): { end: true } | { end: false; last: 'missed' | 'paused'; restUntil: number } {
  // The quota of this moment is given out: the next share comes at `opensAt`, and until then every try misses.
  if (outcome === 'not_open') return { end: false, last: 'missed', restUntil: opensAt ?? now };
  if (outcome === 'not_eligible' && reason === 'luck') return { end: false, last: 'missed', restUntil: now };
  if (outcome === 'not_eligible' && reason === 'paused') {
    return { end: false, last: 'paused', restUntil: now + PAUSED_MS };
  }
  return { end: true };
}

export function useShakes(packet: Packet): Shakes {
  const { packetId } = packet;
  const [tries, setTries] = useState(0);
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState<Note>(null);
  const [last, setLast] = useState<Shakes['last']>(null);
  const at = useRef({ lastTry: -Infinity, restUntil: 0, asking: false });

  const shake = async () => {
    const now = performance.now();
    if (at.current.asking || now - at.current.lastTry < SHAKE_MS_MIN) return;
    at.current.lastTry = now;
    setTries((before) => before + 1);
    if (serverNow() < at.current.restUntil) return miss('missed');
    at.current.asking = true;
    setAsking(true);
    const told = await attempt(packetId, answersOf(packet, packetId), GIVE_UP_MS, setNote);
    at.current.asking = false;
    setAsking(false);
    setNote(null);
    if (told.step === 'refused') return setGrab(packetId, told);
    const after = afterShake(told.result, serverNow());
    if (after.end) return setGrab(packetId, told);
    at.current.restUntil = after.restUntil;
    miss(after.last);
  };
  const miss = (what: 'missed' | 'paused') => {
    navigator.vibrate?.(60);
    setLast(what);
  };
  return { tries, asking, note, last: asking ? null : last, shake: () => void shake() };
}
