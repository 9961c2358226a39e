/** Longer than any id in quotes; what is longer is never kept. */
export const LINE_BYTES_MAX = 256;
const LF = 10;
const CR = 13;

/** Counted from 1. `text`: its bytes, each as one character; undefined: the line was too long. */
export interface Line {
  number: number;
  text: string | undefined;
}

/**
 * The lines of a body as it arrives, those that end in one piece of it together. LF, CRLF and CR end a line, also in one
 * file. Holds one piece, and of a line that is not complete at most LINE_BYTES_MAX.
 */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  let number = 0;
  let begun: string | undefined = '';
  let endedInCr = false;
  const extend = (piece: Buffer, from: number, to: number) =>
    begun === undefined || begun.length + to - from > LINE_BYTES_MAX
      ? undefined
      : begun + piece.toString('latin1', from, to);

  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    const lines: Line[] = [];
    let from = endedInCr && piece[0] === LF ? 1 : 0;
    endedInCr = false;
    for (let at = from; at < piece.length; at += 1) {
      if (piece[at] !== LF && piece[at] !== CR) continue;
      number += 1;
      lines.push({ number, text: extend(piece, from, at) });
      begun = '';
      if (piece[at] === CR) {
        if (at + 1 === piece.length) endedInCr = true;
        else if (piece[at + 1] === LF) at += 1;
      }
      from = at + 1;
    }
    begun = extend(piece, from, piece.length);
    yield lines;
  }
  if (begun !== '') yield [{ number: number + 1, text: begun }];
}
