import type { TenantView } from '@app/contracts';
import { failureOf, type FailureCode } from '../../net/failure.js';
import { remember, remembered } from '../../state/storage.js';
import { createStore, useStore } from '../../state/store.js';
import { consoleApi } from '../net/console-api.js';

interface Tenants {
  /** Null: not known yet. */
  list: TenantView[] | null;
  failed: FailureCode | null;
}

const LAST_KEY = 'console.tenant';
const RETRY_MS = 3_000;

const tenantsStore = createStore<Tenants>({ list: null, failed: null });
let asking: Promise<void> | null = null;
let round = 0;

export function useTenants(): Tenants {
  const list = useStore(tenantsStore, (state) => state.list);
  const failed = useStore(tenantsStore, (state) => state.failed);
  return { list, failed };
}

/** Undefined: not known yet; null: the person does not belong to it. */
export function useTenant(tenantId: string | null): TenantView | null | undefined {
  return useStore(tenantsStore, ({ list }) =>
    list === null ? undefined : (list.find((one) => one.tenantId === tenantId) ?? null),
  );
}

export async function loadTenants(): Promise<void> {
  const asked = round;
  asking ??= consoleApi
    .tenants()
    .then(
      (list) => {
        if (asked === round) tenantsStore.set({ list, failed: null });
      },
      (error: unknown) => {
        if (asked !== round) return;
        tenantsStore.set({ failed: failureOf(error).code });
        setTimeout(() => {
          if (asked === round) void loadTenants();
        }, RETRY_MS);
      },
    )
    .finally(() => {
      asking = null;
    });
  await asking;
}

/** For another person: answers that are still on their way no longer count. */
export function clearTenants(): void {
  round += 1;
  asking = null;
  tenantsStore.set({ list: null, failed: null });
}

/** The brand that was last worked on, offered first. */
export function rememberTenant(tenantId: string): void {
  remember(LAST_KEY, tenantId);
}

export function lastTenantId(): string | null {
  return remembered<string>(LAST_KEY);
}
