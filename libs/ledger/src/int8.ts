import pg from 'pg';

const INT8_OID = 20;

/**
 * Postgres gives bigint as text, because it may pass 2^53; ours never does (amounts, ids and counts are checked on the
 * way in). The one place that turns it into a number, for entities and for plain queries alike. Throws a RangeError
 * rather than round.
 */
export function int8ToNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`a bigint of ${text} is past what a number holds exactly`);
  return value;
}

pg.types.setTypeParser(INT8_OID, int8ToNumber);
