import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestLines } from './request-lines.js';

let lines: RequestLines;
/** Requests that were let through, in their order. */
let begun: string[];

beforeEach(() => {
  vi.useFakeTimers();
  lines = new RequestLines(2);
  begun = [];
});
afterEach(() => vi.useRealTimers());

/** What is returned ends the request: it was answered, or its client went away. */
function ask(caller: string, name: string): () => void {
  const response = new EventEmitter();
  lines.take(caller, response, () => begun.push(name));
  return () => response.emit('close');
}

describe('the line of one caller', () => {
  it('lets so many through at once, the others in their order when one is answered', () => {
    const [, second] = ['1', '2', '3', '4'].map((name) => ask('a', name));
    expect(begun).toEqual(['1', '2']);
    second!();
    expect(begun).toEqual(['1', '2', '3']);
  });

  it('is nobody else’s', () => {
    for (const name of ['1', '2', '3']) ask('a', name);
    ask('b', 'other');
    expect(begun).toEqual(['1', '2', 'other']);
  });

  it('goes on after 100 ms, and an answer that comes later gives no place a second time', () => {
    const [first] = ['1', '2', '3', '4', '5'].map((name) => ask('a', name));
    vi.advanceTimersByTime(99);
    expect(begun).toEqual(['1', '2']);
    vi.advanceTimersByTime(1);
    expect(begun).toEqual(['1', '2', '3', '4']);
    first!();
    expect(begun).toEqual(['1', '2', '3', '4']);
    vi.advanceTimersByTime(100);
    expect(begun).toEqual(['1', '2', '3', '4', '5']);
  });

  it('passes over who has gone away', () => {
    const [first, , third] = ['1', '2', '3', '4'].map((name) => ask('a', name));
    third!();
    first!();
    expect(begun).toEqual(['1', '2', '4']);
  });

  it('begins anew when it was empty', () => {
    for (const end of ['1', '2'].map((name) => ask('a', name))) end();
    for (const name of ['3', '4', '5']) ask('a', name);
    expect(begun).toEqual(['1', '2', '3', '4']);
    vi.runAllTimers();
    expect(begun).toEqual(['1', '2', '3', '4', '5']);
  });
});
