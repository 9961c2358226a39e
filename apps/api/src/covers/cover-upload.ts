import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import multer, { memoryStorage, MulterError } from 'multer';
import { finalize, type Observable } from 'rxjs';
import { COVER_BYTES_MAX, COVER_FORM_BYTES_MAX, RefusalError } from '@app/contracts';
import type { SignedIn } from '../auth/auth.guard.js';
import { TenantsService } from '../tenants/tenants.service.js';

/** Uploads received, waiting or converted in this process at once: they are in memory, 5 MB each at most. */
const UPLOADS_MAX = 8;
const BUSY_RETRY_MS = 2_000;
/** What a form says beside the picture: boundaries, headers, four short fields. */
const limits = {
  ...{ files: 1, fileSize: COVER_BYTES_MAX, fields: 8, parts: 9 },
  ...{ fieldSize: 128, fieldNameSize: 32, headerPairs: 16, fieldNestingDepth: 0 },
};
const receive = multer({ storage: memoryStorage(), limits }).single('image');

/**
 * Receives the form of `POST /covers`, from people who have a brand to make covers for. `payload_too_large` past the
 * limit of a cover, `busy` when many are under way, `invalid_request` for what is no such form.
 */
@Injectable()
export class CoverUpload implements NestInterceptor {
  private underWay = 0;

  constructor(private readonly tenants: TenantsService) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<SignedIn>();
    if (!request.identity) throw new RefusalError('unauthorized');
    await this.tenants.assertRoleSomewhere(request.identity, ['owner', 'marketer']);
    if (Number(request.headers['content-length'] ?? 0) > COVER_BYTES_MAX + COVER_FORM_BYTES_MAX)
      throw new RefusalError('payload_too_large');
    if (this.underWay >= UPLOADS_MAX) throw new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
    this.underWay += 1;
    try {
      await receiveForm(request, context.switchToHttp().getResponse<Response>());
    } catch (error) {
      this.underWay -= 1;
      throw refusalOf(error);
    }
    return next.handle().pipe(finalize(() => (this.underWay -= 1)));
  }
}

function receiveForm(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    receive(request, response, (error?: Error | string | null) =>
      error ? reject(error instanceof Error ? error : new Error(error)) : resolve(),
    );
  });
}

/** Nothing but the form can fail here: it is kept in memory. */
function refusalOf(error: unknown): RefusalError {
  if (!(error instanceof MulterError)) return new RefusalError('invalid_request');
  if (error.code === 'LIMIT_FILE_SIZE') return new RefusalError('payload_too_large');
  const issues = [{ path: error.field ?? 'image', message: error.message }];
  return new RefusalError('invalid_request', { issues });
}
