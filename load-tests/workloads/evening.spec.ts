import { describe, expect, it } from 'vitest';
import { areaOf, cutOf, placeOf, secondsOf, shapeOfEvening, type Evening } from './evening.ts';

const evening: Evening = {
  ...{ from: '22:00', until: '02:00', total: 1_000_000 },
  peak: { perSecond: 200, from: '00:00', until: '00:05' },
  between: [
    { at: '22:00', height: 1 },
    { at: '23:30', height: 2 },
    { at: '02:00', height: 0 },
  ],
};

describe('an evening', () => {
  it('goes on after midnight', () => {
    expect(secondsOf(evening)).toBe(14_400);
    expect(placeOf(evening, '22:00')).toBe(0);
    expect(placeOf(evening, '00:00')).toBe(0.5);
    expect(placeOf(evening, '02:00')).toBe(1);
  });

  it('has the peak and the total that were given, and heights between as they were assumed', () => {
    const shape = shapeOfEvening(evening);
    expect(areaOf(shape) * secondsOf(evening)).toBeCloseTo(evening.total);
    expect(Math.max(...shape.map(({ perSecond }) => perSecond))).toBe(200);
    expect(shape[1]!.perSecond).toBeCloseTo(2 * shape[0]!.perSecond);
  });

  it('is refused when its figures contradict each other', () => {
    expect(() => shapeOfEvening({ ...evening, total: 200 * 14_400 })).toThrow(/does not go with a peak/);
    expect(() => shapeOfEvening({ ...evening, total: 1 })).toThrow(/does not go with a peak/);
  });

  it('loses nothing when it is cut', () => {
    const shape = shapeOfEvening(evening);
    const parts = [cutOf(shape, 0, 0.3), cutOf(shape, 0.3, 0.51), cutOf(shape, 0.51, 1)];
    expect(parts.reduce((sum, part) => sum + areaOf(part), 0)).toBeCloseTo(areaOf(shape));
  });
});
