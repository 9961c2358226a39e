import { describe, expect, it } from 'vitest';
import { distanceMeters, isAtPlace } from './place.js';

const square = { lat: 30.6586, lng: 104.0647 };
const gate = (radiusMeters: number) => ({ kind: 'place' as const, ...square, radiusMeters });
/** So many metres to the north, on the sphere that is calculated with. */
const north = (meters: number) => ({
  lat: square.lat + (meters / 6_371_008.8) * (180 / Math.PI),
  lng: square.lng,
});

describe('the distance', () => {
  it.each([
    ['Beijing to Shanghai', [39.9042, 116.4074], [31.2304, 121.4737], 1_067_000],
    ['London to New York', [51.5074, -0.1278], [40.7128, -74.006], 5_570_000],
    ['across the date line', [0, 179.5], [0, -179.5], 111_195],
    ['pole to pole', [90, 0], [-90, 0], 20_015_115],
    ['to the far side', [30, 100], [-30, -80], 20_015_115],
    ['nowhere', [12, 34], [12, 34], 0],
    ['around a pole', [90, 0], [90, 135], 0],
  ] as const)('is known: %s', (_, [lat, lng], [toLat, toLng], meters) => {
    const measured = distanceMeters({ lat, lng }, { lat: toLat, lng: toLng });
    expect(Math.abs(measured - meters)).toBeLessThanOrEqual(meters * 0.002 + 1e-6);
  });
});

describe('a place', () => {
  it('is met within its radius and not beyond', () => {
    expect(isAtPlace(gate(200), { ...north(199.9), accuracyMeters: 10 })).toBe(true);
    expect(isAtPlace(gate(200), { ...north(200.1), accuracyMeters: 10 })).toBe(false);
    expect(isAtPlace(gate(200), { ...north(-199.9), accuracyMeters: 10 })).toBe(true);
  });

  it('is not met by a fix vaguer than its radius, or than 100 m where the radius is smaller', () => {
    expect(isAtPlace(gate(200), { ...square, accuracyMeters: 200 })).toBe(true);
    expect(isAtPlace(gate(200), { ...square, accuracyMeters: 200.1 })).toBe(false);
    expect(isAtPlace(gate(20), { ...square, accuracyMeters: 100 })).toBe(true);
    expect(isAtPlace(gate(20), { ...square, accuracyMeters: 100.1 })).toBe(false);
  });

  it('is met across the date line', () => {
    const fiji = { kind: 'place' as const, lat: -16.8, lng: 179.9999, radiusMeters: 100 };
    expect(isAtPlace(fiji, { lat: -16.8, lng: -179.9999, accuracyMeters: 5 })).toBe(true);
  });

  it('is not met by numbers that are none', () => {
    expect(isAtPlace(gate(200), { ...square, lat: Number.NaN, accuracyMeters: 5 })).toBe(false);
    expect(isAtPlace(gate(200), { ...square, accuracyMeters: Number.NaN })).toBe(false);
  });
});
