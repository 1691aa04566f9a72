// The way of the Akashganga of 2008: pieces of 10 KB, each with its MD5, asked for one after the other.
// `serve FILE` answers on port 7003; `fetch ADDRESS FILE` fetches, checks each piece, and asks again where it is wrong.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';

const PIECE = 10 * 1024;
const PORT = 7003;
const [mode, first = '', path = ''] = process.argv.slice(2);
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();

if (mode === 'serve') {
  const file = await open(first, 'r');
  createServer((socket) => {
    socket.on('data', async (asked) => {
      const piece = Buffer.alloc(PIECE);
      const { bytesRead } = await file.read(piece, 0, PIECE, asked.readUInt32BE(0) * PIECE);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(bytesRead);
      const bytes = piece.subarray(0, bytesRead);
      socket.write(Buffer.concat([head, md5(bytes), bytes]));
    });
    socket.on('error', () => undefined);
  }).listen(PORT);
} else {
  const socket = createConnection(PORT, first);
  await once(socket, 'connect');
  socket.setNoDelay();
  const file = await open(path, 'w');
  const arrived = socket[Symbol.asyncIterator]();
  for (let index = 0, held = Buffer.alloc(0), isOver = false; !isOver; index += 1) {
    const asked = Buffer.alloc(4);
    asked.writeUInt32BE(index);
    socket.write(asked);
    const lacks = () => held.length < 20 || held.length < 20 + held.readUInt32BE(0);
    while (lacks()) held = Buffer.concat([held, (await arrived.next()).value as Buffer]);
    const size = held.readUInt32BE(0);
    const bytes = held.subarray(20, 20 + size);
    if (!md5(bytes).equals(held.subarray(4, 20))) index -= 1;
    else await file.write(bytes);
    isOver = size < PIECE;
    held = Buffer.from(held.subarray(20 + size));
  }
  await file.close();
  socket.destroy();
}
