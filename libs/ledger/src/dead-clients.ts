/**
 * Settings of a session by which Postgres, too, finds out that its client's machine is gone: by probes within 25 s, and not by
 * the two hours of its system. Until then whatever the session has locked stays locked.
 */
export const NOTICE_DEAD_CLIENTS = [
  '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
  '-c tcp_user_timeout=25000',
].join(' ');
