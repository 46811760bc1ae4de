export { isWaiting, type Spending } from './gate.js';
export type { Stop } from './kill-switch.js';
export type { NodeWord, OpenPayment } from './open-payments.js';
export { isPaymentEnd, Payments } from './payments.js';
export { canResolve } from './resolve-payment.js';
