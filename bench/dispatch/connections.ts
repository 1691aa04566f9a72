import { connect, type Socket } from 'node:net';

interface Exchange {
  readonly done: (reply: { status: number; body: string }) => void;
  readonly failed: (error: Error) => void;
}

/** Connections for requests that are answered at once; those that stay open have one each. */
const MOST_SHORT = 200;

/**
 * HTTP/1.1 over kept connections with little more than the bytes: a thousand simulated workers must cost less
 * than the manager that is measured. Bodies are JSON; one request at a time on a connection.
 */
export class Connections {
  readonly #port: number;
  readonly #key: string;
  readonly #free: Connection[] = [];
  readonly #all = new Set<Connection>();
  #short = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(port: number, key: string) {
    this.#port = port;
    this.#key = key;
  }

  get count(): number {
    return this.#all.size;
  }

  /** The answer's JSON. Rejects for a status that is not 200, and for a connection that breaks. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = body === undefined || Buffer.isBuffer(body) ? '' : JSON.stringify(body);
    const payload = Buffer.isBuffer(body) ? body : null;
    const length = payload ? payload.length : Buffer.byteLength(text);
    const type = payload ? 'application/octet-stream' : 'application/json';
    const head = `${method} /api/v1${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${this.#key}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
    const connection = this.#free.pop() ?? this.#open();
    const reply = await new Promise<{ status: number; body: string }>((done, failed) =>
      connection.send(head + text, payload, { done, failed }),
    );
    this.#free.push(connection);
    if (reply.status !== 200)
      throw new Error(`${method} ${path}: ${reply.status} ${reply.body.slice(0, 300)}`);
    return (reply.body === '' ? undefined : JSON.parse(reply.body)) as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    if (path.endsWith('/work')) return this.call<T>('POST', path, body);
    if (this.#short >= MOST_SHORT) await new Promise<void>((turn) => this.#waiting.push(turn));
    else this.#short += 1;
    try {
      return await this.call<T>('POST', path, body);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#short -= 1;
    }
  }

  #open(): Connection {
    const connection = new Connection(this.#port, () => {
      this.#all.delete(connection);
      const at = this.#free.indexOf(connection);
      if (at >= 0) this.#free.splice(at, 1);
    });
    this.#all.add(connection);
    return connection;
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }
}

class Connection {
  readonly #socket: Socket;
  #exchange: Exchange | null = null;
  #received = '';

  constructor(port: number, onClose: () => void) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    // Bodies are ASCII but for names, and the bench's names are ASCII.
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (piece: string) => this.#take(piece));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      onClose();
      this.#exchange?.failed(new Error('the connection broke'));
      this.#exchange = null;
    });
  }

  send(text: string, payload: Buffer | null, exchange: Exchange): void {
    this.#exchange = exchange;
    this.#received = '';
    this.#socket.write(text);
    if (payload) this.#socket.write(payload);
  }

  #take(piece: string): void {
    this.#received += piece;
    const reply = readReply(this.#received);
    if (!reply) return;
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.done(reply);
  }

  close(): void {
    this.#exchange = null;
    this.#socket.destroy();
  }
}

function readReply(text: string): { status: number; body: string } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end).toLowerCase();
  const status = Number(text.slice(9, 12));
  const length = /content-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    const body = text.slice(end + 4);
    return body.length >= Number(length) ? { status, body } : null;
  }
  if (!head.includes('transfer-encoding: chunked')) return { status, body: '' };
  return text.endsWith('0\r\n\r\n') ? { status, body: readChunks(text.slice(end + 4)) } : null;
}

function readChunks(text: string): string {
  let body = '';
  let at = 0;
  for (;;) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!size) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}
