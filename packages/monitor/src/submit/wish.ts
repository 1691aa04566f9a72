import { filmWish, freshFilm } from '../film/film-wish.ts';
import { nameOfScene } from './files/scene-files.ts';
import type { Draft } from './submit-desk.ts';
import type { Wish } from './use-submit.ts';
import type { WishFields } from './wish-form.tsx';

const SUBMITTER = 'akashganga-submitter';

/** The form as it is when a scene was just dropped. */
export function freshFields(draft: Draft): WishFields {
  return {
    name: nameOfScene(draft.entry),
    submitter: localStorage.getItem(SUBMITTER) ?? '',
    frames: '',
    film: freshFilm,
    scale: '',
    samples: '',
    priority: '',
    tags: '',
    trustScripts: false,
    allowMissing: false,
  };
}

/** The job a filled form asks for. The person's name is remembered in this browser. */
export function wishFrom(fields: WishFields, lookFirst: boolean): Wish {
  const submitter = fields.submitter.trim() || 'someone';
  if (fields.submitter.trim() !== '') localStorage.setItem(SUBMITTER, submitter);
  const { scale, samples, priority, trustScripts, allowMissing } = fields;
  return {
    name: fields.name.trim() || 'scene',
    submitter,
    frames: fields.frames.trim() || null,
    ...filmWish(fields.film),
    tags: fields.tags.split(/[,\s]+/).filter((tag) => tag !== ''),
    ...(priority === '' ? {} : { priority }),
    settings: {
      ...(scale === '' ? {} : { scale }),
      ...(samples === '' ? {} : { samples }),
      ...(trustScripts ? { trustScripts } : {}),
      ...(allowMissing ? { allowMissing } : {}),
    },
    lookFirst,
  };
}
