// The akashganga command as a library: nothing but its program, for tests.
export { makeProgram } from './program.ts';
