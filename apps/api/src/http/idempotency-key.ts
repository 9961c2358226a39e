import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { idempotencyKeySchema, RefusalError } from '@app/contracts';

/** The header of every call that moves money; missing or not usable: 400 `idempotency_key_missing`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const key = context.switchToHttp().getRequest<Request>().headers['idempotency-key'];
  const parsed = idempotencyKeySchema.safeParse(key);
  if (!parsed.success) throw new RefusalError('idempotency_key_missing');
  return parsed.data;
});
