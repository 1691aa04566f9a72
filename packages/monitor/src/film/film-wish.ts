import type { Container, FilmCodec, FilmPreset, FilmWish } from '@akashganga/protocol';
import { containerCodecs, presetCodecs } from '@akashganga/protocol/film-tables';

/** What a person may say of a film; empty means as it comes. */
export interface FilmFields {
  readonly container: Container;
  readonly preset: FilmPreset;
  readonly codec: FilmCodec | '';
  readonly quality: number | '';
  readonly fps: number | '';
  /** Percent of the frames' size. */
  readonly percent: number | '';
  readonly strict: boolean;
}

export const containers = Object.keys(containerCodecs) as readonly Container[];

export const freshFilm: FilmFields = {
  ...{ container: 'mp4', preset: 'review', codec: '', quality: '', fps: '', percent: '', strict: false },
};

/** The presets a container can do: only some lose nothing. */
export function presetsOf(container: Container): FilmPreset[] {
  const all = Object.keys(presetCodecs) as FilmPreset[];
  return all.filter((preset) => preset !== 'archive' || presetCodecs.archive[container] !== undefined);
}

/** The codecs that go with both. */
export function codecsOf(container: Container, preset: FilmPreset): readonly FilmCodec[] {
  const lossless = presetCodecs.archive[container];
  return preset === 'archive' && lossless ? [lossless] : containerCodecs[container];
}

/** The fields after a change, without what does not go with it. */
export function fitFilm(fields: FilmFields): FilmFields {
  const { container, codec } = fields;
  const preset = presetsOf(container).includes(fields.preset) ? fields.preset : 'review';
  const fits = codec === '' || codecsOf(container, preset).includes(codec);
  return { ...fields, preset, codec: fits ? codec : '' };
}

/** The film that filled fields ask for. */
export function filmWish({ container, preset, codec, quality, fps, percent, strict }: FilmFields): FilmWish {
  return {
    container,
    fps: fps === '' ? null : fps,
    film: {
      ...(preset === 'review' ? {} : { preset }),
      ...(codec === '' ? {} : { codec }),
      ...(quality === '' ? {} : { quality }),
      ...(percent === '' ? {} : { size: { percent } }),
      ...(strict ? { strict } : {}),
    },
  };
}
