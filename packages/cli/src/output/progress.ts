import type { Job } from '@akashganga/protocol';
import { countWords, spanWords } from './words.ts';

/** One line on a job's progress, no wider than `width`. */
export function progressLine(job: Job, width: number): string {
  const { frames } = job;
  const facts = [`${frames.done}/${frames.total || '?'} frames`];
  if (frames.failed > 0) facts.push(`${frames.failed} failed`);
  if (job.framesPerMinute !== null && frames.done > 0)
    facts.push(`${job.framesPerMinute.toFixed(1)} a minute`);
  if (job.secondsLeft !== null) facts.push(`${spanWords(job.secondsLeft)} left`);
  const text = `${phase(job)}  ${facts.join(' · ')}`;
  const bar = barText(frames.total === 0 ? 0 : frames.done / frames.total, width - text.length - 4);
  return `${bar}${text}`.slice(0, Math.max(10, width - 1));
}

function barText(part: number, room: number): string {
  const width = Math.min(30, room);
  if (width < 8) return '';
  const full = Math.round(part * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}  `;
}

/** What goes on, in a word or two. */
export function phase(job: Job): string {
  if (job.film.state === 'waiting' || job.film.state === 'encoding') return 'making the film';
  if (job.state === 'queued') return job.waitsFor ? `waiting for ${job.waitsFor}` : 'reading the scene';
  if (job.state === 'active') return job.waitsFor ? `waiting for ${job.waitsFor}` : 'rendering';
  return job.state;
}

/** What a program is told of it. */
export function progressFact(job: Job) {
  const { id, state, frames, framesPerMinute, secondsLeft } = job;
  return {
    event: 'progress',
    job: id,
    state,
    phase: phase(job),
    done: frames.done,
    failed: frames.failed,
    total: frames.total,
    framesPerMinute,
    secondsLeft,
  };
}

export function framesWords(job: Job): string {
  return countWords(job.frames.total, 'frame');
}
