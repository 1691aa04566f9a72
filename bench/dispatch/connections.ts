import { connect, type Socket } from 'node:net';

interface Exchange {
  readonly done: (reply: { status: number; body: string }) => void;
  readonly failed: (error: Error) => void;
}

/** Connections for requests that are answered at once; those that stay open have one each. */
const MOST_SHORT = 200;

/** Addresses of the loopback net to call from: of one address, the kernel searches long for the ten-thousandth free port. */
const ADDRESSES = 50;

/**
 * HTTP/1.1 over kept connections with little more than the bytes: a thousand simulated workers must cost less
 * than the manager that is measured. Bodies are JSON. One request at a time on a connection, but for the requests for
 * work of one worker: the second is written behind the first, which is answered when the second comes.
 */
export class Connections {
  readonly #port: number;
  readonly #key: string;
  readonly #free: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #ofWorkers = new Map<string, Connection>();
  #opened = 0;
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
    const worker = path.endsWith('/work') ? path : null;
    const connection = (worker && this.#ofWorkers.get(worker)) || this.#free.pop() || this.#open();
    if (worker) this.#ofWorkers.set(worker, connection);
    const reply = await new Promise<{ status: number; body: string }>((done, failed) =>
      connection.send(head + text, payload, { done, failed }),
    );
    if (!worker) this.#free.push(connection);
    if (reply.status !== 200)
      throw new Error(`${method} ${path}: ${reply.status} ${reply.body.slice(0, 300)}`);
    return (reply.body === '' ? undefined : JSON.parse(reply.body)) as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    // A frame server has a connection of its own, as it has on a farm.
    if (path.endsWith('/work') || path.startsWith('/frame-servers/')) return this.call<T>('POST', path, body);
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
    const connection = new Connection(this.#port, `127.0.1.${1 + (this.#opened++ % ADDRESSES)}`, () => {
      this.#all.delete(connection);
      const at = this.#free.indexOf(connection);
      if (at >= 0) this.#free.splice(at, 1);
      for (const [worker, its] of this.#ofWorkers) if (its === connection) this.#ofWorkers.delete(worker);
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
  readonly #exchanges: Exchange[] = [];
  #received = '';

  constructor(port: number, localAddress: string, onClose: () => void) {
    this.#socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    // Bodies are ASCII but for names, and the bench's names are ASCII.
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (piece: string) => this.#take(piece));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      onClose();
      for (const { failed } of this.#exchanges.splice(0)) failed(new Error('the connection broke'));
    });
  }

  send(text: string, payload: Buffer | null, exchange: Exchange): void {
    this.#exchanges.push(exchange);
    this.#socket.write(text);
    if (payload) this.#socket.write(payload);
  }

  #take(piece: string): void {
    this.#received += piece;
    for (let reply = readReply(this.#received); reply; reply = readReply(this.#received)) {
      this.#received = this.#received.slice(reply.length);
      this.#exchanges.shift()?.done(reply);
    }
  }

  close(): void {
    this.#exchanges.length = 0;
    this.#socket.destroy();
  }
}

/** The first answer of the text with the length it takes there; null while it is not whole. */
function readReply(text: string): { status: number; body: string; length: number } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end).toLowerCase();
  const status = Number(text.slice(9, 12));
  const start = end + 4;
  const size = /content-length: (\d+)/.exec(head)?.[1];
  if (size !== undefined) {
    const length = start + Number(size);
    return text.length >= length ? { status, body: text.slice(start, length), length } : null;
  }
  if (!head.includes('transfer-encoding: chunked')) return { status, body: '', length: start };
  const last = text.indexOf('\r\n0\r\n\r\n', end);
  return last < 0 ? null : { status, body: readChunks(text.slice(start, last + 7)), length: last + 7 };
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
