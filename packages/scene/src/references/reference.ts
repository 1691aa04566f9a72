/** A place in a file that holds a path as text. */
export interface PathField {
  /** Where it begins in the unpacked file. */
  readonly at: number;
  /** Bytes, the closing NUL among them. */
  readonly room: number;
  /** Of text in a block of its own: where the block's head says its length. Such text may grow. */
  readonly lengthAt: number | null;
}

/** One picture of an image strip, or the file of a movie strip: a name in the strip's folder. */
export interface NamedInFolder {
  readonly name: string;
  readonly field: PathField;
}

/**
 * What a path in a .blend stands for: one file; the tiles of a UDIM set; all files numbered like the one named; everything
 * in a folder; or named files in a folder.
 */
export type Shape = 'file' | 'tiles' | 'sequence' | 'folder' | 'named';

/** One path in a .blend and what it is for. */
export interface Reference {
  /** In people's words: `image`, `library`, `movie strip`. */
  readonly kind: string;
  /** The data-block that needs it. */
  readonly name: string;
  /** As it stands in the file. */
  readonly path: string;
  readonly shape: Shape;
  /** Of tiles: their numbers, from 1001. */
  readonly tiles: readonly number[];
  readonly named: readonly NamedInFolder[];
  /** Whether the picture is wrong without it. Others are sent if they are there. */
  readonly isNeeded: boolean;
  readonly field: PathField;
}
