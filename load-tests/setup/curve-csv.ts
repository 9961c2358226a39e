import type { Curve } from '../model/plan.ts';
import { totalOf } from './curve.ts';
import { PlanError } from './plan-error.ts';

const LINES_MAX = 100_000;
const HEADER = /^second\s*,\s*persecond$/i;
/** As people and programs write them; no sign, no spaces inside, no hexadecimal. */
const NUMBER = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A curve of one's own: lines `second,perSecond`, with or without that header; `#` begins a comment, empty lines count
 * for nothing. Seconds rise; rates are arrivals in a second, straight between lines. Throws PlanError, which names the line.
 */
export function curveOfCsv(text: string, name = 'the curve'): Curve {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (lines.length > LINES_MAX) throw new PlanError(`${name} has more than ${LINES_MAX} lines.`);
  const curve: Curve = [];
  let isFirst = true;
  for (const [k, raw] of lines.entries()) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '' || (isFirst && HEADER.test(line))) {
      if (line !== '') isFirst = false;
      continue;
    }
    isFirst = false;
    const point = pointOf(line, `${name}, line ${k + 1}`);
    const before = curve.at(-1);
    if (before && point.atSecond <= before.atSecond)
      throw new PlanError(
        `${name}, line ${k + 1}: second ${point.atSecond} does not come after ${before.atSecond}, the one before.`,
      );
    curve.push(point);
  }
  if (curve.length < 2)
    throw new PlanError(`${name} needs at least two lines of second,perSecond; it has ${curve.length}.`);
  if (totalOf(curve) < 1) throw new PlanError(`${name} asks for less than one arrival in all.`);
  return curve;
}

function pointOf(line: string, where: string): Curve[number] {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length !== 2)
    throw new PlanError(`${where}: expected second,perSecond, and found ${fields.length} fields.`);
  const [atSecond, perSecond] = fields.map((field, k) => {
    const value = NUMBER.test(field) ? Number(field) : Number.NaN;
    if (!Number.isFinite(value))
      throw new PlanError(
        `${where}: ${k === 0 ? 'second' : 'perSecond'} must be a number that is not negative, not "${field}".`,
      );
    return value;
  });
  return { atSecond: atSecond!, perSecond: perSecond! };
}
