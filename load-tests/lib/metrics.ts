import { Counter, Trend } from 'k6/metrics';
import type { SocketObserver } from './socketio.ts';

/** k6's own metrics of every message, for its outputs and thresholds; tagged by `event`. Call it in the init context. */
export function socketMetrics(): Required<Omit<SocketObserver, 'threw'>> {
  const connecting = new Trend('socketio_connecting', true);
  const ackDuration = new Trend('socketio_ack_duration', true);
  const acksUnanswered = new Counter('socketio_acks_unanswered');
  const acksLate = new Counter('socketio_acks_late');
  const eventsReceived = new Counter('socketio_events_received');
  const messagesSent = new Counter('socketio_messages_sent');
  const reconnects = new Counter('socketio_reconnects');
  return {
    connecting: (tookMs) => connecting.add(tookMs),
    reconnecting: () => reconnects.add(1),
    sent: (event) => messagesSent.add(1, { event }),
    received: (event) => eventsReceived.add(1, { event }),
    answered: (event, tookMs) => ackDuration.add(tookMs, { event }),
    unanswered: (event, why) => acksUnanswered.add(1, { event, why }),
    late: () => acksLate.add(1),
  };
}
