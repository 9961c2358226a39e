import type { Place } from './gate-answers.js';

const FIND_MS_MAX = 20_000;
const ACCURACY_METERS_MAX = 1_000_000;

export type PositionProblem = 'denied' | 'unavailable' | 'slow' | 'insecure' | 'absent';
export type Position = { place: Place } | { problem: PositionProblem };

const PROBLEMS: Record<number, PositionProblem> = { 1: 'denied', 2: 'unavailable', 3: 'slow' };

/** Asks the browser, which asks the person. Only after a tap: a question out of the blue is refused, for good. */
export function findPosition(): Promise<Position> {
  if (!isSecureContext) return Promise.resolve({ problem: 'insecure' });
  if (!('geolocation' in navigator)) return Promise.resolve({ problem: 'absent' });
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng, accuracy } }) => {
        const accuracyMeters = Math.min(Math.ceil(accuracy), ACCURACY_METERS_MAX);
        resolve({ place: { lat, lng, accuracyMeters } });
      },
      ({ code }) => resolve({ problem: PROBLEMS[code] ?? 'unavailable' }),
      // Never an older fix: it may be of where one was before.
      { enableHighAccuracy: true, timeout: FIND_MS_MAX, maximumAge: 0 },
    );
  });
}
