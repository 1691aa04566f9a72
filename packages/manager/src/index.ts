// The render server: takes jobs, hands out leases, remembers everything.
// Inside, http -> jobs | farm -> schedule -> record -> announce; nothing imports http.

export { keepHeapSmall } from './keep-heap-small.ts';
export { Manager, type ManagerOptions, startManager } from './manager.ts';
