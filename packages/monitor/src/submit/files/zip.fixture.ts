/** A file in a zip, as somebody with bad intentions may pack it. */
export interface Packed {
  readonly path: string;
  readonly text?: string;
  /** A symbolic link to this. */
  readonly link?: string;
  /** Bytes that it says to unpack to. */
  readonly saysSize?: number;
  /** Where in the zip its bytes are said to begin. */
  readonly at?: number;
}

const FILE = 0o100_644;
const LINK = 0o120_777;
const UTF8 = 0x800;
const DEFLATED = 8;

/** The bytes of a zip. Its checksums are 0: the page checks what it sends by itself. */
export async function zipOf(members: readonly Packed[]): Promise<Blob> {
  const bodies: Blob[] = [];
  const directory: Blob[] = [];
  let size = 0;
  for (const { path, text = '', link, saysSize, at = size } of members) {
    const plain = new Blob([link ?? text]);
    const name = new Blob([path]);
    const bytes = await new Response(
      plain.stream().pipeThrough(new CompressionStream('deflate-raw')),
    ).arrayBuffer();
    const lengths = [int32(0), int32(bytes.byteLength), int32(saysSize ?? plain.size), int16(name.size)];
    const facts = [int16(20), int16(UTF8), int16(DEFLATED), int32(0), ...lengths, int16(0)];
    const attributes = int32((link === undefined ? FILE : LINK) * 65_536);
    const more = [int16(0), int16(0), int16(0), attributes, int32(at)];
    const body = new Blob(['PK\u0003\u0004', ...facts, name, bytes]);
    directory.push(new Blob(['PK\u0001\u0002', int16(0x314), ...facts, ...more, name]));
    bodies.push(body);
    size += body.size;
  }
  const list = new Blob(directory);
  const count = int16(members.length);
  const end = ['PK\u0005\u0006', int32(0), count, count, int32(list.size), int32(size), int16(0)];
  return new Blob([...bodies, list, ...end]);
}

function int16(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array([value & 255, value >> 8]);
}

function int32(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value / 2 ** 24) & 255]);
}
