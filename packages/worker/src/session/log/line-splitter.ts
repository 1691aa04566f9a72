/**
 * Cuts a stream of bytes into lines without their newline. A line longer than `limit` bytes is dropped whole, so a
 * process that never ends its line costs at most `limit` bytes of memory here.
 */
export function lineSplitter(limit: number, onLine: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  let tooLong = false;

  function add(piece: Buffer): void {
    size += piece.length;
    if (size > limit) {
      tooLong = true;
      parts = [];
    } else if (!tooLong) parts.push(piece);
  }

  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      if (!tooLong) onLine(Buffer.concat(parts).toString('utf8').replace(/\r$/, ''));
      parts = [];
      size = 0;
      tooLong = false;
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  };
}
