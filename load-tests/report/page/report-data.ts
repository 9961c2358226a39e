import type { Result, Series } from '../../model/result.ts';

/** Of an earlier run, what a comparison shows: its words and totals, and of its curves the load and the times. */
export interface Earlier extends Omit<Result, 'series'> {
  series: Pick<Series, 'offered' | 'answered' | 'times'>;
  saturation: [];
  marks: [];
}

/** What the page is given, as JSON inside it. */
export interface ReportData {
  result: Result;
  earlier?: Earlier;
}

export function earlierOf(result: Result): Earlier {
  const { offered, answered, times } = result.series;
  return { ...result, series: { offered, answered, times }, saturation: [], marks: [] };
}
