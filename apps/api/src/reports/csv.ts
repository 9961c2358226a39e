import { stringify, type Options } from 'csv-stringify/sync';

/** Spreadsheets take a file without it for one of their own old encodings, and Chinese names for noise. */
const BYTE_ORDER_MARK = '\uFEFF';
/** The library looks at the first character only; what spreadsheets skip before a formula is not to hide one. */
const FORMULA_BEHIND_BLANKS = /^[\s\p{Cf}]+[=+\-@＝＋－＠]/u;
/** Some languages' spreadsheets take these to separate cells, where a file does not quote them. */
const OTHER_SEPARATORS = /[;\t]/;

const OPTIONS: Options = {
  escape_formulas: true,
  quoted_match: OTHER_SEPARATORS,
  record_delimiter: '\r\n',
  // By default only the delimiter itself would be quoted: a lone CR then ends the line, and what follows begins a cell.
  quote_record_delimiter: true,
  cast: {
    string: (text) => (FORMULA_BEHIND_BLANKS.test(text) ? `'${text}` : text),
    date: (date) => date.toISOString(),
    boolean: String,
  },
};

export type Cell = string | number | boolean | Date | null | undefined;

/**
 * A CSV file (RFC 4180, UTF-8) in pieces, the header first and then a piece for each page of lines. A text that begins
 * with = + - @ or a control character gets an apostrophe before it: no spreadsheet takes it for a formula. Numbers stay numbers.
 */
export async function* csvPieces(
  header: readonly string[],
  pages: AsyncIterable<readonly Cell[][]> | Iterable<readonly Cell[][]>,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + stringify([[...header]], OPTIONS);
  for await (const lines of pages) if (lines.length > 0) yield stringify([...lines], OPTIONS);
}
