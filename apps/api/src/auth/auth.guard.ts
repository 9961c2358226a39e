import {
  createParamDecorator,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { RefusalError, type Identity } from '@app/contracts';
import { OpsController } from '@app/observability';
import { ApiParts } from '../parts.js';
import { UserNames } from './user-names.js';

const PUBLIC = 'public';

/** For calls that need no token. */
export const Public = () => SetMetadata(PUBLIC, true);

export type SignedIn = Request & { identity?: Identity };

/** The caller of a call that is not Public. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  const { identity } = context.switchToHttp().getRequest<SignedIn>();
  if (!identity) throw new RefusalError('unauthorized');
  return identity;
});

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly parts: ApiParts,
    private readonly names: UserNames,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getClass() === OpsController) return true;
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<SignedIn>();
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    request.identity = await this.parts.tokens.verify(scheme?.toLowerCase() === 'bearer' ? token : undefined);
    // Robots of a rehearsal are nobody: they neither have names here nor count among those who could be reached.
    if (request.identity.attributes?.rehearsal === undefined) await this.names.saw(request.identity);
    return true;
  }
}
