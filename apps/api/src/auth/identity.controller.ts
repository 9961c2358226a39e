import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { devTokenSchema, RefusalError, type DevToken, type Identity, type MeView } from '@app/contracts';
import { Checked } from '../http/checked.js';
import { ApiParts } from '../parts.js';
import { Caller, Public } from './auth.guard.js';
import { UserNames } from './user-names.js';

@ApiTags('identity')
@Controller()
@Checked()
export class IdentityController {
  constructor(
    private readonly parts: ApiParts,
    private readonly names: UserNames,
  ) {}

  /** A token for any user id, for trying things out. Outside production only, and there only when DEV_TOKENS is on. */
  @Post('dev/tokens')
  @Public()
  @HttpCode(201)
  async makeToken(@Body({ schema: devTokenSchema }) body: DevToken): Promise<{ token: string }> {
    if (!this.parts.config.DEV_TOKENS) throw new RefusalError('not_found');
    const token = await this.parts.tokens.sign(body);
    await this.names.saw({ userId: body.userId, name: body.name ?? body.userId });
    return { token };
  }

  @Get('me')
  @ApiOkResponse({ description: 'Who the token speaks for.' })
  me(@Caller() { userId, name, role, tenantId }: Identity): MeView {
    return { userId, name, role, ...(tenantId ? { tenantId } : {}) };
  }
}
