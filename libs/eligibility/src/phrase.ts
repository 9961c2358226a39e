import { hash, timingSafeEqual } from 'node:crypto';

/** White space of any kind, and what shows nothing: zero-width characters, joiners, direction marks, variation selectors. */
const UNSEEN = /[\p{White_Space}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A phrase in the form in which phrases are compared. Made the same:
 * - width and other compatibility forms, by NFKC: full-width and half-width, circled and Roman numerals, ligatures,
 *   composed and decomposed accents;
 * - case, by Unicode's mappings to lower, upper and lower case, in no language's own way: `ß`, `ẞ` and `ss`; `ς` and `σ`;
 *   `ı` and `i`;
 * - spaces: all white space (the ideographic one too) and all that shows nothing are taken away, also between words.
 *
 * Kept apart: simplified and traditional characters, punctuation that has no compatibility form (`。` and `.`), accents.
 * Normalising twice changes nothing. Empty when nothing that can be seen is in it.
 */
export function normalisePhrase(phrase: string): string {
  return phrase
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
}

/**
 * `unmet` when nothing was given, or nothing in it can be seen. Compared by hashes in constant time, so that answering
 * takes no longer the more of it is right. A phrase in which nothing can be seen is met by no answer.
 */
export function judgePhrase(phrase: string, given: string | undefined): 'met' | 'unmet' | 'wrong' {
  const said = normalisePhrase(given ?? '');
  if (said === '') return 'unmet';
  return timingSafeEqual(digest(normalisePhrase(phrase)), digest(said)) ? 'met' : 'wrong';
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
