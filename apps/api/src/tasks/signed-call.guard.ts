import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import {
  createParamDecorator,
  Injectable,
  type CanActivate,
  type ExecutionContext,
  type RawBodyRequest,
} from '@nestjs/common';
import type { Request } from 'express';
import { RefusalError, SIGNATURE_SECONDS_MAX, textToSign } from '@app/contracts';
import { openTenantKey } from '@app/ledger';
import { ApiParts } from '../parts.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type SignedCall = RawBodyRequest<Request> & { signedFor?: string };

/** The tenant whose key signed the call. */
export const SigningTenant = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { signedFor } = context.switchToHttp().getRequest<SignedCall>();
  if (!signedFor) throw refused();
  return signedFor;
});

/**
 * Lets calls in that a host app's server signed with a key of its tenant: headers `X-Hongbao-Key`, `X-Hongbao-Timestamp`
 * and `X-Hongbao-Signature` over what `textToSign` says. Whatever is wrong, the answer is the same `unauthorized`. A call
 * that somebody repeats within its time is let in again: what it asks for must be harmless the second time.
 */
@Injectable()
export class SignedCallGuard implements CanActivate {
  constructor(private readonly parts: ApiParts) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedCall>();
    const keyId = header(request, 'x-hongbao-key', UUID);
    const timestamp = header(request, 'x-hongbao-timestamp', /^\d{1,11}$/);
    const signature = header(request, 'x-hongbao-signature', /^[0-9a-f]{64}$/i);
    if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > SIGNATURE_SECONDS_MAX) throw refused();
    const key = await openTenantKey(this.parts.dataSource, this.parts.vault, keyId);
    if (!key) throw refused();
    const path = request.originalUrl.split('?')[0]!;
    const bodyHash = createHash('sha256')
      .update(request.rawBody ?? '')
      .digest('hex');
    const expected = createHmac('sha256', key.secret)
      .update(textToSign(timestamp, request.method, path, bodyHash))
      .digest();
    if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw refused();
    request.signedFor = key.tenantId;
    return true;
  }
}

function header(request: Request, name: string, form: RegExp): string {
  const value = request.headers[name];
  if (typeof value !== 'string' || !form.test(value)) throw refused();
  return value;
}

function refused(): RefusalError {
  return new RefusalError('unauthorized', {
    detail: 'The signature is missing, stale, by an unknown key, or not over this call.',
  });
}
