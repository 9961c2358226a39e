import type { Segment } from '@app/contracts';
import { numberOf, wholeOf, type Checker } from './check-value.js';
import { ATTRIBUTE_NAME } from './limits.js';

export interface SegmentRow {
  name: string;
  op: 'is' | 'between';
  /** Separated by commas. */
  values: string;
  min: string;
  max: string;
}

export interface SegmentDraft {
  newcomers: boolean;
  newcomerDays: string;
  rows: SegmentRow[];
}

type Value = string | number | boolean;

const ROWS_MAX = 16;
const DAYS_MAX = 366;

export const newRow = (): SegmentRow => ({ name: '', op: 'is', values: '', min: '', max: '' });
export const newSegment = (): SegmentDraft => ({ newcomers: true, newcomerDays: '7', rows: [] });

/** Numbers and truth values are taken as such; quotes make anything a text. */
export function valueOf(typed: string): Value {
  const text = typed.trim();
  const quoted = /^["“”'](.*)["“”']$/s.exec(text);
  if (quoted) return quoted[1]!;
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function typedValue(value: Value): string {
  return typeof value === 'string' && valueOf(value) !== value ? `"${value}"` : String(value);
}

function valuesOf(typed: string): Value[] {
  return typed
    .split(/[,，、]/)
    .filter((part) => part.trim() !== '')
    .map(valueOf);
}

function rowOf([name, wanted]: [string, NonNullable<Segment['attributes']>[string]]): SegmentRow {
  if (typeof wanted !== 'object') return { ...newRow(), name, values: typedValue(wanted) };
  if ('is' in wanted) return { ...newRow(), name, values: wanted.is.map(typedValue).join(', ') };
  const { min, max } = wanted;
  return { ...newRow(), name, op: 'between', min: String(min ?? ''), max: String(max ?? '') };
}

export function segmentDraftOf(segment: Segment | undefined): SegmentDraft {
  if (!segment) return newSegment();
  return {
    newcomers: segment.newcomerDays !== undefined,
    newcomerDays: String(segment.newcomerDays ?? 7),
    rows: Object.entries(segment.attributes ?? {}).map(rowOf),
  };
}

/** `path`: of the segment. A row's problems stand at `<path>.rows.<n>`. */
export function checkSegment(draft: SegmentDraft, path: string, check: Checker): void {
  const { say } = check.saying;
  if (draft.newcomers) check.whole(`${path}.newcomerDays`, draft.newcomerDays, 1, DAYS_MAX);
  if (!draft.newcomers && draft.rows.length === 0) check.add(path, say.condition);
  if (draft.rows.length > ROWS_MAX) check.add(path, say.atMost(ROWS_MAX));
  draft.rows.forEach((row, n) => {
    const at = `${path}.rows.${n}`;
    if (!ATTRIBUTE_NAME.test(row.name.trim())) check.add(at, say.attribute);
    else if (draft.rows.slice(0, n).some(({ name }) => name.trim() === row.name.trim()))
      check.add(at, say.twice);
    else if (row.op === 'is' && valuesOf(row.values).length === 0) check.add(at, say.values);
    else if (row.op === 'between') checkBetween(row, at, check);
  });
}

function checkBetween({ min, max }: SegmentRow, at: string, check: Checker): void {
  const typed = [min, max].filter((bound) => bound.trim() !== '');
  if (typed.length === 0 || typed.some((bound) => numberOf(bound) === null)) {
    check.add(at, check.saying.say.bounds);
  }
}

/** Only for a draft without problems. */
export function toSegment(draft: SegmentDraft): Segment {
  const rows = draft.rows.map(({ name, op, values, min, max }) => {
    const listed = valuesOf(values);
    const [from, to] = [numberOf(min), numberOf(max)];
    if (op === 'is') return [name.trim(), listed.length === 1 ? listed[0]! : { is: listed }] as const;
    return [
      name.trim(),
      { ...(from === null ? {} : { min: from }), ...(to === null ? {} : { max: to }) },
    ] as const;
  });
  return {
    ...(draft.newcomers ? { newcomerDays: wholeOf(draft.newcomerDays)! } : {}),
    ...(rows.length > 0 ? { attributes: Object.fromEntries(rows) } : {}),
  };
}
