/** Mutants that change nothing anybody could see, each with the reason. Few: what can be tested is tested. */
export const EQUIVALENT: Record<string, string> = {};
