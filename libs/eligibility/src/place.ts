import type { Answers, Gate } from '@app/contracts';

type PlaceGate = Extract<Gate, { kind: 'place' }>;
type Point = Pick<PlaceGate, 'lat' | 'lng'>;

const EARTH_RADIUS_METERS = 6_371_008.8;
/** A fix may be off by the radius, or by so much where the radius is smaller: phones indoors seldom know better. */
export const ACCURACY_METERS_ALLOWED = 100;

/** Along a great circle of a sphere; against the true shape of the earth it is off by at most 0.6 %. */
export function distanceMeters(from: Point, to: Point): number {
  const fromLat = radians(from.lat);
  const toLat = radians(to.lat);
  const h =
    Math.sin((toLat - fromLat) / 2) ** 2 +
    Math.cos(fromLat) * Math.cos(toLat) * Math.sin(radians(to.lng - from.lng) / 2) ** 2;
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * Whether the stated position lies within the radius, and is known well enough to say so: `accuracyMeters` at most the
 * radius, or ACCURACY_METERS_ALLOWED if that is more.
 *
 * The client states its own position, and nothing here can tell a true one from a made-up one. This keeps out people who
 * are elsewhere and use the page as it is, people who don't know the place (it is never sent to clients), and fixes by
 * address or cell that would cover half a town. It does not keep out who knows the place and lies: a phone with a mock
 * location, a script. Nor does it stop a search for the place by many stated positions; speed limits on grabs make that
 * slow. Where it matters, add a `task` gate that the host app vouches for on evidence of its own (a code shown on the
 * spot, a till receipt).
 */
export function isAtPlace(gate: PlaceGate, stated: NonNullable<Answers['place']>): boolean {
  return (
    stated.accuracyMeters <= Math.max(ACCURACY_METERS_ALLOWED, gate.radiusMeters) &&
    distanceMeters(gate, stated) <= gate.radiusMeters
  );
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
