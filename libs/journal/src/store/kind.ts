/** The databases that the one schema runs on. */
export type StoreKind = 'sqlite' | 'postgres';
