import { AUDIENCE_IDS_MAX, REJECTED_LINES_MAX, userIdSchema, type AudienceUpload } from '@app/contracts';
import type { Line } from './lines.js';
import { SeenIds } from './seen-ids.js';

/** UTF-8's byte order mark, as `Line` shows bytes. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const HEADERS = new Set(['user_id', 'userId', 'userid']);

type Rejected = AudienceUpload['rejected'][number];

/** Decides line by line which user ids of an upload are taken, and remembers which lines were not, and why. */
export class ListCheck {
  accepted = 0;
  rejectedCount = 0;
  /** The first of them. */
  readonly rejected: Rejected[] = [];
  private readonly seen = new SeenIds();
  private mayBeHeader = true;

  constructor(private readonly idsMax = AUDIENCE_IDS_MAX) {}

  /** The id that the line gives, when it is taken. Blank lines and a header give none and are no fault. */
  take({ number, text }: Line): string | undefined {
    if (text === undefined) return this.reject(number, 'invalid_user_id');
    const line = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
    if (line.trim() === '') return undefined;
    const id = line.length >= 2 && line.startsWith('"') && line.endsWith('"') ? line.slice(1, -1) : line;
    const isHeader = this.mayBeHeader && HEADERS.has(id);
    this.mayBeHeader = false;
    if (isHeader) return undefined;
    if (!userIdSchema.safeParse(id).success) return this.reject(number, 'invalid_user_id');
    const full = this.accepted >= this.idsMax;
    if (full ? this.seen.has(id) : !this.seen.add(id)) return this.reject(number, 'duplicate');
    if (full) return this.reject(number, 'too_many');
    this.accepted += 1;
    return id;
  }

  private reject(line: number, reason: Rejected['reason']): undefined {
    this.rejectedCount += 1;
    if (this.rejected.length < REJECTED_LINES_MAX) this.rejected.push({ line, reason });
  }
}
