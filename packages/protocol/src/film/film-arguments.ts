import { FarmError } from '../farm-error.ts';

const number = /^-?\d{1,12}(\.\d{1,6})?$/;
const amount = /^\d{1,9}(\.\d{1,3})?[kKmM]?$/;
const word = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$/;
const flags = /^[+-]?[a-z0-9_]{1,40}([+-][a-z0-9_]{1,40}){0,15}$/i;
const text = /^[\p{L}\p{N}\p{M}_]{1,30}=[^\p{C}]{0,300}$/u;
const ratio = /^\d{1,6}([:/]\d{1,6})?$/;

/**
 * Arguments of ffmpeg's encoders that say how pictures are kept, and what their values look like. What is not here is
 * refused: inputs, outputs, formats, protocols, maps, and whatever reads or writes a file or changes which frames there are.
 */
const allowed: Readonly<Record<string, RegExp>> = {
  ...{ c: word, codec: word, vcodec: word, crf: number, qp: number, q: number, qscale: number },
  ...{
    qmin: number,
    qmax: number,
    qdiff: number,
    b: amount,
    maxrate: amount,
    minrate: amount,
    bufsize: amount,
  },
  ...{ preset: word, tune: word, profile: word, level: number, tier: word, pix_fmt: word },
  ...{ g: number, keyint_min: number, bf: number, b_strategy: number, refs: number, sc_threshold: number },
  ...{ threads: number, slices: number, slicecrc: number, coder: word, context: number, trellis: number },
  ...{
    mbd: word,
    cmp: word,
    subcmp: word,
    me_method: word,
    me_range: number,
    subq: number,
    flags,
    flags2: flags,
  },
  ...{
    rc: word,
    'rc-lookahead': number,
    'aq-mode': word,
    'aq-strength': number,
    'psy-rd': word,
    lossless: number,
  },
  ...{ 'row-mt': number, 'cpu-used': number, deadline: word, quality: word, 'tile-columns': number },
  ...{
    'tile-rows': number,
    tiles: word,
    'lag-in-frames': number,
    'auto-alt-ref': number,
    'arnr-strength': number,
  },
  ...{ 'frame-parallel': number, 'static-thresh': number, usage: word, speed: number, pred: word },
  ...{ compression_level: number, vendor: word, bits_per_mb: number, quant_mat: word, alpha_bits: number },
  ...{ huffman: word, non_deterministic: number, dc: number, intra_vlc: number, strict: word, tag: word },
  ...{
    color_range: word,
    colorspace: word,
    color_primaries: word,
    color_trc: word,
    chroma_sample_location: word,
  },
  ...{ aspect: ratio, movflags: flags, metadata: text, dithering: word, loop: number, final_delay: number },
};

const takesStream = /^(c|codec|b|q|qscale|profile|level|tag|pix_fmt|preset|crf|g|filter):v(:0)?$/;

/** Parameters that x264, x265 and SVT-AV1 take in one argument; others of theirs name files. */
const inner = new Set(
  [
    'aq-mode aq-strength bframes b-adapt b-pyramid bitrate cabac crf ctu deblock direct film-grain',
    'film-grain-denoise fast-decode hierarchical-levels hdr10 hdr10-opt irefresh-type keyint lookahead lossless',
    'master-display max-cll max-merge me merange min-keyint mbtree no-deblock no-mbtree no-psy no-sao open-gop',
    'partitions pass preset profile psy psy-rd psy-rdoq qcomp qp qpmax qpmin rc rc-lookahead rd rdoq-level ref',
    'repeat-headers sao scd scenecut scm sliced-threads subme subq tier trellis tune tile-columns tile-rows',
    'vbv-bufsize vbv-maxrate weightb weightp 8x8dct log-level colorprim transfer colormatrix range',
  ].flatMap((line) => line.split(' ')),
);
// Two passes would need a file between them.
inner.delete('pass');
const innerValue = /^[A-Za-z0-9.,+()-]{0,120}$/;
const innerNames = new Set(['x264-params', 'x264opts', 'x265-params', 'svtav1-params', 'aom-params']);

/** Filters that make one picture of one picture and read nothing else. */
const filters = new Set(
  [
    'boxblur chromashift colorbalance colorchannelmixer colorcontrast colorcorrect colorize colorlevels crop deband',
    'deblock drawbox drawgrid eq exposure format gblur hflip hqdn3d hue limiter negate noise null pad pixelize rotate',
    'scale setdar setsar sharpen transpose unsharp vflip vibrance vignette',
  ].flatMap((line) => line.split(' ')),
);
const filterValue = /^[A-Za-z0-9 .,:=|+*/()_#@-]{0,300}$/;
const readsFile = /(^|[:=])\s*(file|filename|psfile|textfile|fontfile|eval_file)\s*=/i;

/** Cuts a line into arguments as a shell would, without being one: spaces part, quotes and backslashes hold together. */
export function splitArguments(line: string): string[] {
  const found: string[] = [];
  let part: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (sign === '\\' && quote !== "'") {
      at += 1;
      part = (part ?? '') + line.charAt(at);
    } else if (quote !== '') {
      if (sign === quote) quote = '';
      else part = (part ?? '') + sign;
    } else if (sign === '"' || sign === "'") [quote, part] = [sign, part ?? ''];
    else if (!/\s/.test(sign)) part = (part ?? '') + sign;
    else if (part !== null) {
      found.push(part);
      part = null;
    }
  }
  if (quote !== '') throw refused(line, 'a quotation mark is not closed');
  if (part !== null) found.push(part);
  return found;
}

/** Throws `film.bad-argument` for the first argument that is not allowed, and says why. */
export function checkFilmArguments(args: readonly string[]): void {
  for (let at = 0; at < args.length; at += 2) {
    const option = args[at] ?? '';
    const value = args[at + 1];
    if (!option.startsWith('-') || option.length < 2)
      throw refused(option, 'a film has one output, and Akashganga names it; options begin with a hyphen');
    if (value === undefined) throw refused(option, 'its value is missing; each option takes one');
    checkOption(option.slice(1), option, value);
  }
}

function checkOption(name: string, option: string, value: string): void {
  const plain = takesStream.test(name) ? name.replace(/:v(:0)?$/, '') : name;
  const both = `${option} ${value}`;
  if (['vf', 'filter'].includes(plain)) return checkFilters(both, value);
  if (innerNames.has(plain)) return checkInner(both, value);
  const pattern = Object.hasOwn(allowed, plain) ? allowed[plain] : undefined;
  if (!pattern) throw refused(option, whyNot(plain));
  if (!pattern.test(value)) throw refused(both, 'its value is of another kind than this option takes');
  if (['c', 'codec', 'vcodec'].includes(plain) && /^(copy|rawvideo|wrapped_avframe)$/.test(value))
    throw refused(both, 'frames are pictures and have to be encoded');
}

function checkInner(both: string, value: string): void {
  for (const pair of value.split(':')) {
    const [key = '', ...rest] = pair.split('=');
    if (!inner.has(key) || !innerValue.test(rest.join('=')))
      throw refused(both, `"${key}" is not one of the parameters that can do no harm`);
  }
}

// A comma parts filters unless it is in brackets; what is labelled or quoted could hide another input.
function checkFilters(both: string, value: string): void {
  if (!filterValue.test(value)) throw refused(both, 'filters here have no quotes, labels or escapes');
  if (readsFile.test(value)) throw refused(both, 'a filter may read no file');
  for (const filter of value.split(/,(?![^(]*\))/)) {
    const name = filter.split('=')[0]?.trim() ?? '';
    if (!filters.has(name))
      throw refused(
        both,
        `the filter ${name || '(none)'} reads files, changes which frames there are, or is not known to be harmless`,
      );
  }
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^(i|f|safe|protocol.*|format.*)$/,
    'what goes in and where it goes is Akashganga’s own: frames, one film, no other protocol',
  ],
  [
    /^(map|filter_complex|lavfi|attach|dump_attachment|filter_script.*|filter_complex_script|vstats.*|report|passlogfile|pass|sdp_file|progress)/,
    'it could read or write another file',
  ],
  [
    /^(r|fps.*|vsync|ss|t|to|frames|fs|itsoffset|stream_loop|shortest|vframes)/,
    'it changes which frames the film has, and a film has each exactly once; --fps gives another rate',
  ],
  [/^(init_hw|hwaccel|filter_hw|vaapi)/, 'hardware encoders are chosen by Akashganga when they work'],
  [/^(s|video_size)$/, '--film-size gives another size'],
  [/^(an|a|acodec|ac|ar|ab)/, 'sound is not part of the picture'],
];

function whyNot(name: string): string {
  return (
    reasons.find(([pattern]) => pattern.test(name))?.[1] ??
    'it is not on the list of arguments that only say how pictures are kept'
  );
}

function refused(argument: string, why: string): FarmError {
  return new FarmError('film.bad-argument', { argument: argument.slice(0, 200), why });
}
