import { keys, SLOTS } from '@app/packet-store';
import type { FlowCheck } from '../context.js';

const invariant = 'I9';
const ENTRIES_PER_SLOT_MAX = 1_000;

/** XINFO and XPENDING refuse what is not there; then there is nothing in it. */
const noneWhenMissing = (error: Error): [] => {
  if (/^ERR no such key|^NOGROUP/.test(error.message)) return [];
  throw error;
};

/**
 * I9 in the outbox: nothing older than the grace waits for settlement, read or not. Ids of a stream are Redis's time,
 * so the age of an entry is in its id.
 */
export const outboxIsEmpty: FlowCheck = async ({ money, startedAtMs, graceMs }, report) => {
  const until = String(startedAtMs - graceMs);
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const stream = keys.outbox(slot);
    const entries = await money.xrange(stream, '-', until, 'COUNT', ENTRIES_PER_SLOT_MAX);
    for (const [entry, fields] of entries) {
      const packetId = fields[fields.indexOf('packet') + 1];
      const seconds = Math.round((startedAtMs - Number(entry.split('-')[0])) / 1000);
      const note = `${entry} of packet ${packetId}, ${seconds} s old`;
      report({ invariant, id: `${stream}:${entry}`, problem: 'claims still in the outbox', note });
    }
    const present = new Set(entries.map(([entry]) => entry));
    const groups = (await money.xinfo('GROUPS', stream).catch(noneWhenMissing)) as unknown[][];
    for (const group of groups) {
      const name = String(group[group.indexOf('name') + 1]);
      const pending = (await money
        .xpending(stream, name, '-', until, ENTRIES_PER_SLOT_MAX)
        .catch(noneWhenMissing)) as [entry: string, consumer: string][];
      for (const [entry, consumer] of pending) {
        if (present.has(entry)) continue;
        const note = `${entry}, read by ${consumer}`;
        const problem = 'pending in the outbox, and gone from it';
        report({ invariant, id: `${stream}:${entry}`, problem, note });
      }
    }
  }
};
