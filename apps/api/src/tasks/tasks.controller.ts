import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { completeTaskSchema, taskParamSchema } from '@app/contracts';
import { completeTask } from '@app/ledger';
import { Public } from '../auth/auth.guard.js';
import { Checked } from '../http/checked.js';
import { ApiParts } from '../parts.js';
import { SignedCallGuard, SigningTenant } from './signed-call.guard.js';

@ApiTags('tasks')
@Controller('tasks')
@Checked()
export class TasksController {
  constructor(private readonly parts: ApiParts) {}

  /**
   * The host app vouches that these users did a task of its tenant's; gates of the kind `task` are then met. From server to
   * server, signed instead of a token: the signature is the hex HMAC-SHA256, with a key's secret, over timestamp, method,
   * path and the hex SHA-256 of the body, each on a line of its own. A repeated call changes nothing.
   */
  @Post(':taskId/completions')
  @Public()
  @UseGuards(SignedCallGuard)
  @HttpCode(200)
  @ApiHeader({ name: 'X-Hongbao-Key', required: true, description: 'keyId of POST /tenants/:id/keys' })
  @ApiHeader({ name: 'X-Hongbao-Timestamp', required: true, description: 'epoch seconds, at most 300 off' })
  @ApiHeader({ name: 'X-Hongbao-Signature', required: true, description: '64 hex characters' })
  async complete(
    @SigningTenant() tenantId: string,
    @Param({ schema: taskParamSchema }) { taskId }: z.output<typeof taskParamSchema>,
    @Body({ schema: completeTaskSchema }) body: z.output<typeof completeTaskSchema>,
  ): Promise<{ accepted: number }> {
    const userIds = [...new Set(body.userIds)];
    // The truth first: what the store misses it is told by a repeated call, or by its recovery.
    await completeTask(this.parts.dataSource, tenantId, taskId, userIds);
    await this.parts.store.markTaskDone(tenantId, taskId, userIds);
    return { accepted: userIds.length };
  }
}
