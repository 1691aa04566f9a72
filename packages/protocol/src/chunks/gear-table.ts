/**
 * 256 fixed 32-bit words, one for each byte, from the generator SplitMix32 with seed 0. They decide where
 * files are cut: with another table every chunk that a farm keeps would be sent again.
 */
export const gearTable: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let word = Math.imul(byte + 1, 0x9e3779b9);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
});
