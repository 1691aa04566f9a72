/** What the first bytes of a .blend say about all that follows. */
export interface BlendHeader {
  /** Of the Blender that wrote it, as "3.4". */
  readonly blender: string;
  readonly pointerSize: 4 | 8;
  readonly isLittle: boolean;
  /** Bytes of this header and of the head of each block. */
  readonly length: number;
  readonly blockHead: 20 | 24 | 32;
}

/** Enough bytes for either kind of header. */
export const HEADER_BYTES = 17;

/**
 * 12 bytes up to Blender 4.x: BLENDER, pointer size (_ 4, - 8), byte order (v little, V big), version. 17 bytes from 5.0:
 * BLENDER, its length, -, the format's version, v, version. Null when it is neither.
 */
export function readHeader(bytes: Buffer): BlendHeader | null {
  const text = bytes.toString('latin1', 0, HEADER_BYTES);
  const recent = /^BLENDER17-01v(\d\d)(\d\d)/.exec(text);
  if (recent) {
    const blender = `${Number(recent[1])}.${Number(recent[2])}`;
    return { blender, pointerSize: 8, isLittle: true, length: 17, blockHead: 32 };
  }
  const old = /^BLENDER([_-])([vV])(\d)(\d\d)/.exec(text);
  if (!old) return null;
  const [, pointer, order, major, minor] = old;
  const isShort = pointer === '_';
  return {
    blender: `${major}.${Number(minor)}`,
    pointerSize: isShort ? 4 : 8,
    isLittle: order === 'v',
    length: 12,
    blockHead: isShort ? 20 : 24,
  };
}

/** The head of one block, as it stands in the file. */
export interface BlockHead {
  readonly code: string;
  /** Bytes after the head. */
  readonly length: number;
  /** Where it was in the memory of the Blender that wrote it, or its number: what pointers name. */
  readonly address: bigint;
  /** Which structure of the file's DNA it is, and how many of them follow each other. */
  readonly struct: number;
  readonly count: number;
}

/** The head of the block at `at`. Null when it says a length that cannot be. */
export function readBlockHead(bytes: DataView, at: number, header: BlendHeader): BlockHead | null {
  const head = header.blockHead === 32 ? recentHead(bytes, at) : oldHead(bytes, at, header);
  const isSound = Number.isSafeInteger(head.length) && head.length >= 0 && head.count >= 0;
  return isSound ? head : null;
}

/** The letters of a block's kind, without the NULs that fill up those with fewer than four. */
function blockCode(bytes: DataView, at: number): string {
  let end = at + 4;
  while (end > at && bytes.getUint8(end - 1) === 0) end--;
  let code = '';
  for (let letter = at; letter < end; letter++) code += String.fromCharCode(bytes.getUint8(letter));
  return code;
}

// 5.x: code 4, structure 4, address 8, length 8, count 8.
function recentHead(bytes: DataView, at: number): BlockHead {
  return {
    code: blockCode(bytes, at),
    struct: bytes.getInt32(at + 4, true),
    address: bytes.getBigUint64(at + 8, true),
    length: Number(bytes.getBigInt64(at + 16, true)),
    count: Number(bytes.getBigInt64(at + 24, true)),
  };
}

// To 4.x: code 4, length 4, address 4 or 8, structure 4, count 4.
function oldHead(bytes: DataView, at: number, { pointerSize, isLittle }: BlendHeader): BlockHead {
  return {
    code: blockCode(bytes, at),
    length: bytes.getInt32(at + 4, isLittle),
    address:
      pointerSize === 4 ? BigInt(bytes.getUint32(at + 8, isLittle)) : bytes.getBigUint64(at + 8, isLittle),
    struct: bytes.getInt32(at + 8 + pointerSize, isLittle),
    count: bytes.getInt32(at + 12 + pointerSize, isLittle),
  };
}

export function readPointer(bytes: Buffer, at: number, size: 4 | 8, isLittle: boolean): bigint {
  if (size === 4) return BigInt(isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  return isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
}

/** Where in a block's head its length stands, for who writes another. */
export function lengthBytes(length: number, header: BlendHeader): { at: number; bytes: Buffer } {
  const bytes = Buffer.alloc(header.blockHead === 32 ? 8 : 4);
  if (header.blockHead === 32) {
    bytes.writeBigInt64LE(BigInt(length));
    return { at: 16, bytes };
  }
  if (header.isLittle) bytes.writeInt32LE(length);
  else bytes.writeInt32BE(length);
  return { at: 4, bytes };
}
