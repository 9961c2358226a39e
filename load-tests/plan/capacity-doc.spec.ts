import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@app/local-stack';
import { expect, it } from 'vitest';
import { CAPACITY_DOC, refreshed } from './capacity-doc.ts';

/** Simulated in a second or two, and later on a machine that does other things. */
const TEST_MS_MAX = 30_000;

const PICTURES = ['docs/pictures/capacity-2015.svg', 'docs/pictures/capacity-2017.svg'];
const pictures = () => PICTURES.map((path) => readFileSync(join(checkoutRoot, path), 'utf8'));

it(
  'docs/capacity.md and its pictures are what the commands in it make of the kept costs',
  { timeout: TEST_MS_MAX },
  async () => {
    const before = { doc: readFileSync(CAPACITY_DOC, 'utf8'), pictures: pictures() };
    const now = { doc: await refreshed(before.doc), pictures: pictures() };
    // If this fails after new costs were kept: npx tsx load-tests/plan/capacity-doc.ts
    expect(now).toEqual(before);
  },
);
