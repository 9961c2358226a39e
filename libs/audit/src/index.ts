export { audit } from './audit.js';
export type { AckedWin, AuditOptions, Deployment, OtherAnswer } from './deployment.js';
export { INVARIANTS, type AuditReport, type Broken, type Invariant } from './report.js';
