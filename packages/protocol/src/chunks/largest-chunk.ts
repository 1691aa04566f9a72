/** No chunk is larger, and a file that is not larger is one blob and not cut. Bytes. */
export const LARGEST_CHUNK = 4 * 1024 * 1024;
