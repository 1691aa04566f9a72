import { connect, type Socket } from 'node:net';

/** Reads the stream of events as a page does, and counts; or opens it and reads nothing. */
export class EventReader {
  readonly #socket: Socket;
  events = 0;
  bytes = 0;
  isClosed = false;

  constructor(port: number, key: string, reads: boolean) {
    this.#socket = connect({ port, host: '127.0.0.1' });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
    this.#socket.write(
      `GET /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n\r\n`,
    );
    if (!reads) return;
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (piece: string) => {
      this.bytes += piece.length;
      this.events += piece.split('\nid: ').length - 1;
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
