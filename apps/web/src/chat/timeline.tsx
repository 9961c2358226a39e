import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { PacketCard } from '../packet/packet-card.js';
import { interleave, type TimelineItem } from '../state/merge.js';
import { NO_LOG, roomsStore } from '../state/rooms.js';
import { useStore } from '../state/store.js';
import { MessageRow, PendingRow } from './message-row.js';

const NEAR_BOTTOM_PX = 120;
/** A pause in the talk that is worth telling the time. */
const PAUSE_MS = 5 * 60_000;

interface Below {
  items: number;
  packet: boolean;
}
const NOTHING_BELOW: Below = { items: 0, packet: false };

/** Stays at the end while it is read there; elsewhere it counts what came. */
function useEnd(items: TimelineItem[], pendingCount: number) {
  const log = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lastSeen = useRef(items.at(-1)?.key);
  const [below, setBelow] = useState<Below>(NOTHING_BELOW);
  const toEnd = () => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    atEnd.current = true;
    setBelow(NOTHING_BELOW);
  };
  useLayoutEffect(() => {
    const came = items.slice(items.findIndex(({ key }) => key === lastSeen.current) + 1);
    lastSeen.current = items.at(-1)?.key;
    if (atEnd.current) return toEnd();
    if (came.length === 0) return;
    const packet = came.some(({ kind }) => kind === 'packet');
    setBelow((before) => ({ items: before.items + came.length, packet: before.packet || packet }));
  }, [items]);
  // What I post myself is what I want to see.
  useLayoutEffect(toEnd, [pendingCount > 0]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = log.current!;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    if (atEnd.current && below.items > 0) setBelow(NOTHING_BELOW);
  };
  // A phone's keyboard takes room from the log, a failed message adds to it: the end must stay in sight.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(log.current!);
    observer.observe(inner.current!);
    return () => observer.disconnect();
  }, []);
  return { log, inner, below, toEnd, onScroll };
}

function Row({ item, before }: { item: TimelineItem; before: TimelineItem | undefined }) {
  const { when } = useFormat();
  const paused = !before || item.at - before.at > PAUSE_MS;
  const follows =
    !paused &&
    item.kind === 'message' &&
    before.kind === 'message' &&
    before.message.userId === item.message.userId;
  return (
    <>
      {paused && <p class="time-mark">{when(item.at)}</p>}
      {item.kind === 'message' ? (
        <MessageRow message={item.message} follows={follows} />
      ) : (
        <PacketCard packetId={item.key} />
      )}
    </>
  );
}

function Waiting() {
  return (
    <div class="skeleton-log" aria-hidden="true">
      {[0, 1, 2, 3].map((n) => (
        <div key={n} class="skeleton" />
      ))}
    </div>
  );
}

export function Timeline({ roomId }: { roomId: string }) {
  const t = useText();
  const { room, messages, packets, pending } = useStore(roomsStore, (state) => state.logs[roomId] ?? NO_LOG);
  const items = useMemo(() => interleave(messages, packets), [messages, packets]);
  const { log, inner, below, toEnd, onScroll } = useEnd(items, pending.length);
  return (
    <div class="timeline">
      <div
        ref={log}
        class="log"
        role="log"
        aria-live="off"
        aria-label={t.chat.log}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div ref={inner} class="log-inner">
          {!room && items.length === 0 && <Waiting />}
          {room && items.length === 0 && pending.length === 0 && <p class="hint log-empty">{t.chat.empty}</p>}
          {items.map((item, n) => (
            <Row key={item.key} item={item} before={items[n - 1]} />
          ))}
          {pending.map((message) => (
            <PendingRow key={message.localId} roomId={roomId} message={message} />
          ))}
        </div>
      </div>
      {below.items > 0 && (
        <button type="button" class={`jump${below.packet ? ' jump-packet' : ''}`} onClick={toEnd}>
          {below.packet ? t.chat.packetBelow : t.chat.newBelow(below.items)} ↓
        </button>
      )}
    </div>
  );
}
