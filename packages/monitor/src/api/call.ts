/** What the farm (or the way to it) refused, with a sentence for people. */
export class Refusal extends Error {
  readonly code: string;
  /** 0 when no answer came at all. */
  readonly status: number;

  constructor(code: string, status: number, says: string) {
    super(says);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
  }
}

export type Method = 'GET' | 'POST' | 'DELETE';

let base = '';

/** A script that runs beside the page has an address of its own, and is told the page's. */
export function callFrom(page: string): void {
  base = page;
}

/** A path of the farm's API as an address. Relative to the page, so the page may live below a prefix. */
export function apiUrl(path: string): string {
  return `${base}api/v1${path}`;
}

/** Asks the farm. Throws `Refusal`; an aborted request throws as fetch does. */
export async function call<Reply>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Reply> {
  const answer = await ask(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const content: unknown = await answer.json().catch(() => null);
  if (answer.ok && content !== null) return content as Reply;
  throw refusalFrom(answer.status, content);
}

/** Asks the farm for something that is not JSON. Throws as `call` does. */
export async function callForBytes(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const answer = await ask(path, { signal });
  if (answer.ok) return answer.arrayBuffer();
  throw refusalFrom(answer.status, await answer.json().catch(() => null));
}

/** Asks the farm for plain text. Throws as `call` does. */
export async function callForText(path: string, signal: AbortSignal): Promise<string> {
  return new TextDecoder().decode(await callForBytes(path, signal));
}

/** Asks the farm for what the head of an answer says, and lets its body go. Throws as `call` does. */
export async function callForHead(path: string, signal: AbortSignal): Promise<Headers> {
  const answer = await ask(path, { signal });
  if (!answer.ok) throw refusalFrom(answer.status, await answer.json().catch(() => null));
  await answer.body?.cancel();
  return answer.headers;
}

function ask(path: string, request: RequestInit): Promise<Response> {
  return fetch(apiUrl(path), request).catch((error: unknown) => {
    if (request.signal?.aborted) throw error;
    throw new Refusal('farm.unreachable', 0, 'The farm does not answer.');
  });
}

/** The refusal in a problem+json answer; what is not one is told by its status alone. */
export function refusalFrom(status: number, content: unknown): Refusal {
  const { code, detail } = (typeof content === 'object' && content !== null ? content : {}) as {
    code?: unknown;
    detail?: unknown;
  };
  return new Refusal(
    typeof code === 'string' ? code : 'farm.internal',
    status,
    typeof detail === 'string' && detail !== '' ? detail : `The farm answered with status ${status}.`,
  );
}

/** True when the farm asks who this is. */
export function asksForKey(error: unknown): boolean {
  return error instanceof Refusal && error.status === 401;
}
