import { needFarm } from '../farm/find-farm.ts';
import { sayScene } from '../scene/missing-words.ts';
import { readScene } from '../scene/read-scene.ts';
import { readSound, withSound } from '../scene/read-sound.ts';
import type { CommandContext } from './common-flags.ts';
import { type JobFlags, jobFrom } from './job-flags.ts';
import { sendJob, submitterName } from './send-job.ts';

/** `submit SCENE`: like `render`, but returns with the job's id. */
export async function submit(
  path: string,
  flags: JobFlags & { wait?: boolean },
  context: CommandContext,
  signal: AbortSignal,
): Promise<number> {
  if (flags.wait) {
    await (await needFarm(context.settings, context.flags)).close();
    const { render } = await import('./render.ts');
    return render(path, flags, context, signal);
  }
  // Looked for meanwhile; what is wrong with the scene is said first.
  const farm = needFarm(context.settings, context.flags);
  farm.catch(() => undefined);
  await using scene = await readScene(path, { allowMissing: flags.allowMissing ?? false, signal });
  const sound = await readSound(flags.sound, signal);
  const wanted = withSound(jobFrom(flags, scene, submitterName()), sound);
  sayScene(scene, context.talk);
  await using client = await farm;
  const job = await sendJob(client, [scene, sound], wanted, context.talk, signal);
  if (job.blender !== null) context.talk.say(`It renders with Blender ${job.blender}.`);
  else if (job.waitsFor !== null) context.talk.say(`It waits for ${job.waitsFor}.`);
  context.talk.answer(job.id);
  context.talk.fact({ event: 'submitted', job: job.id, farm: client.url });
  return 0;
}
