import type { DataSource } from 'typeorm';

/** Users in one step of readTaskUsers. */
const TASK_USERS_PAGE = 10_000;

/**
 * Writes down that these users did a task of the tenant's. Those who were written down before stay as they are. In one
 * order, so that two calls which name the same people wait for each other and never in a circle.
 */
export async function completeTask(
  dataSource: DataSource,
  tenantId: string,
  taskId: string,
  userIds: readonly string[],
): Promise<void> {
  await dataSource.query(
    `INSERT INTO task_completions (tenant_id, task_id, user_id)
     SELECT $1, $2, user_id FROM unnest($3::text[]) AS user_id ORDER BY user_id ON CONFLICT DO NOTHING`,
    [tenantId, taskId, userIds],
  );
}

/** Everyone who did a task, some thousands at a time, for a store that has forgotten. */
export async function* readTaskUsers(
  dataSource: DataSource,
  tenantId: string,
  taskId: string,
): AsyncGenerator<string[]> {
  for (let last = ''; ;) {
    const rows = await dataSource.query<{ userId: string }[]>(
      `SELECT user_id AS "userId" FROM task_completions WHERE tenant_id = $1 AND task_id = $2 AND user_id > $3
       ORDER BY user_id LIMIT $4`,
      [tenantId, taskId, last, TASK_USERS_PAGE],
    );
    if (rows.length > 0) yield rows.map(({ userId }) => userId);
    if (rows.length < TASK_USERS_PAGE) return;
    last = rows.at(-1)!.userId;
  }
}
