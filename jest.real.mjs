import { jest } from '@jest/globals';

// Real nodes take their time on a busy machine; a test that hangs still ends.
jest.setTimeout(120_000);
