/**
 * One line of the table. `ratio` is `value / bare`, both medians of rounds measured in turns; null where the goal is an
 * absolute figure. A goal that is not a bound (`report`) can't be missed.
 */
export interface Measurement {
  id: string;
  work: string;
  against: string;
  value: number;
  bare: number | null;
  unit: string;
  ratio: number | null;
  goal: string;
  met: boolean;
}

/** How much is to be measured, and where to say how it goes. */
export interface BenchContext {
  /** That count; one more goes before them and doesn't. */
  rounds: number;
  /** Of every count, 1 in full; see `scaled`. */
  scale: number;
  /** Of a large packet, when the person who runs it said so. */
  shares?: number;
  /** Aborted by Ctrl-C: `inTurns` throws then, whatever else waits for long must look at it too. */
  signal: AbortSignal;
  /** What it does now, in place of what it said before. */
  progress(text: string): void;
  /** A line that stays: what is worth knowing and is not in the table. */
  note(text: string): void;
}

/** Throws when it can't be measured; by then it has stopped whatever it started. */
export type Benchmark = (context: BenchContext) => Promise<Measurement[]>;

export type Goal = { atLeast: number } | { atMost: number } | 'report';

const VALUE_DIGITS = 4;

/** A ratio against something bare. */
export function compared(
  goal: Goal,
  {
    value,
    bare,
    ...words
  }: Pick<Measurement, 'id' | 'work' | 'against' | 'unit'> & Record<'value' | 'bare', number>,
): Measurement {
  const ratio = value / bare;
  return {
    ...words,
    ...{ value: rounded(value), bare: rounded(bare), ratio: Number(ratio.toFixed(3)) },
    ...verdictOf(goal, ratio, '×'),
  };
}

/** An absolute figure, such as a time that may not be passed. */
export function absolute(
  goal: Goal,
  { value, ...words }: Pick<Measurement, 'id' | 'work' | 'unit'> & { value: number; against?: string },
): Measurement {
  return {
    ...{ against: '', ...words, value: rounded(value), bare: null, ratio: null },
    ...verdictOf(goal, value, ` ${words.unit}`),
  };
}

function verdictOf(goal: Goal, figure: number, unit: string): Pick<Measurement, 'goal' | 'met'> {
  if (goal === 'report') return { goal, met: true };
  if ('atLeast' in goal) return { goal: `≥ ${goal.atLeast}${unit}`, met: figure >= goal.atLeast };
  return { goal: `≤ ${goal.atMost}${unit}`, met: figure <= goal.atMost };
}

function rounded(value: number): number {
  return Math.abs(value) >= 10 ** VALUE_DIGITS ? Math.round(value) : Number(value.toPrecision(VALUE_DIGITS));
}

/** A count as large as the context asks for, and at least `min`. */
export function scaled({ scale }: BenchContext, count: number, min = 1): number {
  return Math.max(min, Math.round(count * scale));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Runs the works in turns (A B C, A B C, …), after one round that does not count. Gives the median of each. */
export async function inTurns(context: BenchContext, works: (() => Promise<number>)[]): Promise<number[]> {
  return (await everyTurn(context, works)).map(median);
}

/** As `inTurns`, with what each round gave. */
export async function everyTurn(
  context: BenchContext,
  works: (() => Promise<number>)[],
): Promise<number[][]> {
  const seen = works.map((): number[] => []);
  for (let round = 0; round <= context.rounds; round += 1) {
    for (const [k, work] of works.entries()) {
      context.signal.throwIfAborted();
      const which = round === 0 ? 'warming up' : `round ${round} of ${context.rounds}`;
      context.progress(works.length > 1 ? `${which}, part ${k + 1} of ${works.length}` : which);
      const value = await work();
      if (round > 0) seen[k]!.push(value);
    }
  }
  return seen;
}
