/**
 * An argument list to put before a command: its memory lies at the same addresses each time it is started.
 *
 * Blender (3.4; no more in 4.2) puts the functions that a material is drawn with into the order of their addresses in memory.
 * With addresses drawn by chance each session has other sources to compile, though the same lines, and finds little of
 * what an earlier one compiled: of 44 entries of Mesa's cache 14 differed. With steady ones, none.
 *
 * What is given up makes it harder to turn a fault of Blender into code of one's own. In a closed room a scene has that
 * without a fault, by a Freestyle style module: the room is what keeps it in. Nowhere else are these words used.
 *
 * Of util-linux, since 2.33 without the name of a processor. Containers can forbid it (Docker's own profile does).
 */
export const steadyAddresses = ['setarch', '--addr-no-randomize', '--'] as const;
