import type { Retry } from './farm-error.ts';

/** What a problem's sentence is made from. Values are shown to people, so never put a secret in. */
export type ProblemDetails = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** Who can mend it (DESIGN section 5), for problems that end an attempt at a frame. */
export type ProblemClass = 'scene' | 'machine' | 'capacity' | 'transient';

interface ProblemRow {
  /** HTTP status when the problem answers a request. */
  readonly status: number;
  readonly retry: Retry;
  /** The command's exit code (docs/guide/command.md). */
  readonly exit: 1 | 2 | 3 | 4;
  readonly class?: ProblemClass;
  readonly says: (details: ProblemDetails) => string;
}

function row(
  status: number,
  retry: Retry,
  exit: 1 | 2 | 3 | 4,
  says: (details: ProblemDetails) => string,
  problemClass?: ProblemClass,
): ProblemRow {
  return problemClass ? { status, retry, exit, says, class: problemClass } : { status, retry, exit, says };
}

function list(value: ProblemDetails[string]): string {
  return Array.isArray(value) && value.length > 0 ? value.join(', ') : 'none';
}

function wereHandedOn(frames: ProblemDetails[string]): string {
  if (frames === 0) return 'It had no frames.';
  return frames === 1
    ? 'The frame it had is for other workers now.'
    : `The ${frames} frames it had are for other workers now.`;
}

// A rule's own sentence comes instead of this.
function ownSays(details: ProblemDetails): string {
  return `A rule of this farm recognised what Blender said: ${details.why}.`;
}

/**
 * Every failure a person can meet. Each code is a heading of docs/guide/troubleshoot.md; a test walks
 * this table. A sentence names the thing, the value and the remedy.
 */
export const problems = {
  // ── what was asked ────────────────────────────────────────────────────────────────────────────
  'request.invalid': row(400, 'never', 2, (d) => `The request is not understood: ${d.why}.`),
  'request.unknown-route': row(
    404,
    'never',
    2,
    (d) => `The farm has nothing at ${d.path}. See /api/v1/openapi.json.`,
  ),
  'request.wrong-version': row(
    400,
    'never',
    3,
    (d) =>
      `The farm speaks API version ${d.farm}, this program asked for ${d.asked}. Use the same release of akashganga on every computer.`,
  ),
  'request.too-large': row(
    413,
    'never',
    2,
    (d) => `The body is larger than the ${d.limit} bytes allowed here.`,
  ),
  'caller.too-often': row(
    429,
    'later',
    3,
    (d) => `Too much came from ${d.who} in a short time. Try again in ${d.seconds} s.`,
  ),
  'caller.too-many-open': row(
    429,
    'later',
    3,
    (d) => `${d.who} has ${d.most} ${d.what} open, which is as many as one may have. Close some first.`,
  ),
  'frames.bad-spec': row(
    422,
    'never',
    2,
    (d) =>
      `The frames "${d.spec}" are not understood at "${d.part}": ${d.why}. Write for example 1-250, 1,5,9, 1-100x5 or -10--1.`,
  ),
  'usage.not-yet': row(501, 'never', 2, (d) => `${d.what} is not part of this release yet.`),
  'usage.bad-flag': row(422, 'never', 2, (d) =>
    d.value === '' ? `${d.flag}: ${d.why}.` : `${d.flag} cannot be "${d.value}": ${d.why}.`,
  ),
  'usage.bad-rules': row(422, 'never', 2, (d) => `Line ${d.line} of ${d.path}: ${d.why}.`),
  'film.unknown-container': row(
    422,
    'never',
    2,
    (d) => `A film cannot be written as "${d.ending}". Known endings: ${list(d.known)}.`,
  ),
  'film.bad-settings': row(422, 'never', 2, (d) => `These settings make no film: ${d.why}.`),
  'film.bad-argument': row(
    422,
    'never',
    2,
    (d) =>
      `The argument "${d.argument}" is not given to ffmpeg: ${d.why}. See "Arguments for ffmpeg" in docs/guide/film.md.`,
  ),
  'output.not-writable': row(
    422,
    'never',
    2,
    (d) => `Nothing can be written to ${d.path}: ${d.why}. Choose another --output or mend the folder.`,
  ),

  // ── who asks ──────────────────────────────────────────────────────────────────────────────────
  'access.no-key': row(
    401,
    'never',
    3,
    () =>
      'The farm wants to know who asks, and nothing was given. Join with a code of `akashganga join-code`.',
  ),
  'access.wrong-key': row(
    401,
    'never',
    3,
    () =>
      'The farm does not accept this token: it is not of this farm, has expired or was revoked. Open the link of `akashganga up`, or take a new one of `akashganga token add`.',
  ),
  'access.revoked': row(
    401,
    'never',
    3,
    (d) =>
      `The farm has shut out this computer (${d.member}). Join again with a new code of \`akashganga join-code\`.`,
  ),
  'access.forbidden': row(403, 'never', 3, (d) => `${d.who} may not do that: ${d.why}.`),
  'access.bad-join-code': row(
    422,
    'never',
    2,
    () => 'This is not a join code. Copy the whole line as it was printed; the code starts with akg2_.',
  ),
  'access.code-refused': row(
    403,
    'never',
    3,
    (d) =>
      `The join code does not let this computer in: ${d.why}. Make a new one with \`akashganga join-code\`.`,
  ),
  'access.wrong-fingerprint': row(
    502,
    'never',
    3,
    (d) =>
      `What answers at ${d.url} is not the farm of this code: its certificate is another one. Nothing was sent to it.`,
  ),
  'farm.wrong-certificate': row(
    502,
    'later',
    3,
    (d) =>
      `What answers at ${d.url} does not show a certificate of this farm (${d.why}). Nothing was sent to it.`,
  ),
  'access.needs-tls': row(
    403,
    'never',
    3,
    (d) => `Between computers the farm speaks TLS only. Use https://${d.host} instead of http://${d.host}.`,
  ),
  'login.off': row(
    404,
    'never',
    3,
    () => 'This farm has no sign-in service. Sign in with a token, or start it with `--login-with`.',
  ),
  'login.unreachable': row(
    503,
    'later',
    3,
    (d) =>
      `The sign-in service ${d.service} does not answer as it should: ${d.why}. Try again, or use a token.`,
  ),
  'login.stale': row(
    400,
    'never',
    3,
    () =>
      'This sign-in was not begun in this browser, or longer than ten minutes ago, or is over already. Begin again.',
  ),
  'login.refused': row(
    401,
    'never',
    3,
    (d) => `The sign-in service ${d.service} did not vouch for you: ${d.why}. Begin again.`,
  ),
  'login.no-role': row(
    403,
    'never',
    3,
    (d) =>
      `${d.name} is known to ${d.service}, but is in no group that may use this farm. Ask the farm's owner for one, or for a token.`,
  ),
  'login.revoked': row(
    403,
    'never',
    3,
    (d) => `The farm's owner has shut ${d.name} out. Ask them for a token.`,
  ),
  'access.unknown': row(404, 'never', 2, (d) => `The farm knows no ${d.what} ${d.id}.`),
  'access.name-taken': row(
    409,
    'never',
    2,
    (d) => `There is a token for ${d.name} already. Revoke it first, or choose another name.`,
  ),
  'access.bad-link': row(
    404,
    'never',
    3,
    (d) => `This link shows nothing: ${d.why}. Ask whoever sent it for a new one.`,
  ),
  'access.wrong-host': row(
    421,
    'never',
    3,
    (d) =>
      `The farm is not known as "${d.host}". Use its address, or say the name when it is started: --address ${d.host}, or --behind-proxy for a proxy.`,
  ),
  'webhook.bad-address': row(422, 'never', 2, (d) => `Notices are not sent to ${d.host}: ${d.why}.`),
  'webhook.not-taken': row(
    502,
    'later',
    1,
    (d) => `The test did not arrive: ${d.why}. See \`akashganga webhook history ${d.id}\`.`,
  ),
  'access.wrong-origin': row(
    403,
    'never',
    3,
    () => "A page of another site tried to use the farm. Open the farm's own page instead.",
  ),

  // ── the farm ──────────────────────────────────────────────────────────────────────────────────
  'farm.unreachable': row(
    502,
    'later',
    3,
    (d) => `The farm at ${d.url} does not answer (${d.why}). Is it running, and is the address right?`,
  ),
  'farm.none': row(
    404,
    'never',
    3,
    () =>
      'This computer belongs to no farm. Start one with `akashganga up`, join one with `akashganga join CODE`, or give --farm URL.',
  ),
  'farm.not-a-farm': row(502, 'never', 3, (d) => `What answers at ${d.url} is not an Akashganga farm.`),
  'farm.database-down': row(
    503,
    'later',
    3,
    () =>
      'The farm cannot reach its PostgreSQL at the moment. Nothing is lost; it goes on when the database is back.',
  ),
  'farm.standing-by': row(503, 'later', 3, () => 'Another manager leads this farm; this one stands by.'),
  'farm.no-frame-server': row(503, 'later', 3, () => 'No frame server of the farm answers at the moment.'),
  'farm.last-frame-server': row(
    409,
    'never',
    2,
    (d) =>
      `No other frame server answers that could take over from ${d.name}. Start one first: \`akashganga frames\`.`,
  ),
  'farm.not-empty': row(
    409,
    'never',
    2,
    (d) =>
      `A backup can only be restored into an empty farm; this one has ${d.jobs} jobs. Use another --data folder.`,
  ),
  'farm.bad-backup': row(422, 'never', 2, (d) => `This is not a backup of a farm: ${d.why}.`),
  'farm.internal': row(
    500,
    'later',
    1,
    () => "Something went wrong inside the farm. The manager's log has the details.",
  ),

  // ── jobs, frames, workers ─────────────────────────────────────────────────────────────────────
  'job.unknown': row(
    404,
    'never',
    2,
    (d) => `There is no job ${d.job} in this farm. \`akashganga jobs\` lists them.`,
  ),
  'job.wrong-state': row(409, 'never', 2, (d) => `Job ${d.job} is ${d.state}, so it cannot be ${d.wanted}.`),
  'job.canceled': row(409, 'never', 1, (d) => `Job ${d.job} was canceled.`),
  'job.frames-failed': row(
    409,
    'never',
    1,
    (d) =>
      `${d.count} of ${d.total} frames failed (${d.frames}). Mend the cause and run \`akashganga retry ${d.job}\`; the finished frames are kept.${d.film ? ' The film shows a marked picture in their place.' : ''}`,
  ),
  'frame.unknown': row(404, 'never', 2, (d) => `Job ${d.job} has no frame ${d.frame}.`),
  'frame.not-done': row(404, 'later', 2, (d) => `Frame ${d.frame} of job ${d.job} is not rendered yet.`),
  'job.no-results': row(
    404,
    'later',
    2,
    (d) =>
      `Nothing of what was asked for of job ${d.job} is there yet. \`akashganga job ${d.job}\` says how far it is.`,
  ),
  'film.not-done': row(404, 'later', 2, (d) => `The film of job ${d.job} is not finished yet.`),
  'preview.none': row(
    404,
    'later',
    2,
    (d) => `Nothing of the film of job ${d.job} can be shown yet: its first frame is still to come.`,
  ),
  'preview.changed': row(
    409,
    'never',
    2,
    (d) => `Piece ${d.piece} of the film of job ${d.job} has changed. Ask what it is now.`,
  ),
  'worker.unknown': row(404, 'never', 2, (d) => `There is no worker ${d.worker} in this farm.`),
  'worker.lost': row(
    503,
    'later',
    4,
    (d) =>
      `Nothing is heard from ${d.worker}: it is switched off, asleep or cut off from the network. ${wereHandedOn(d.frames)} It goes on by itself when it is back.`,
  ),
  'frame-server.unknown': row(
    404,
    'never',
    3,
    (d) => `There is no frame server ${d.frameServer} in this farm.`,
  ),

  // ── bytes ─────────────────────────────────────────────────────────────────────────────────────
  'blob.unknown': row(404, 'never', 1, (d) => `The farm does not hold ${d.digest}.`),
  'blob.wrong-digest': row(
    422,
    'later',
    1,
    (d) => `The bytes that arrived are ${d.found}, not ${d.digest}. They were thrown away; send them again.`,
  ),
  'blob.cut-short': row(400, 'later', 1, (d) => `Only ${d.got} of ${d.size} bytes arrived. Send them again.`),
  'blob.garbled': row(
    400,
    'later',
    1,
    () => 'What arrived is not what was sent: the headers do not fit their seal. Send it again.',
  ),
  'manifest.invalid': row(422, 'never', 2, (d) => `The scene's list of files is refused: ${d.why}.`),
  'disk.full': row(
    507,
    'later',
    4,
    (d) => `The disk of ${d.folder} is full. Make room; the work goes on by itself.`,
    'machine',
  ),

  // ── the Blenders that the farm hands out ──────────────────────────────────────────────────────
  'build.refused': row(
    422,
    'never',
    2,
    (d) => `${d.path} is no Blender that the farm can hand out: ${d.why}.`,
  ),
  'build.not-offered': row(
    404,
    'never',
    2,
    (d) =>
      `There is no Blender ${d.version} for ${d.platform} at ${d.url}. Give a full version like 4.2.1, or the archive as a file.`,
  ),
  'build.unreachable': row(
    502,
    'never',
    4,
    (d) =>
      `Blender ${d.version} could not be fetched from ${d.url}: ${d.why}. Fetch the archive on a computer that can, and give the file to akashganga blender add.`,
  ),
  'build.wrong-checksum': row(
    422,
    'never',
    1,
    (d) => `What came from ${d.url} is not what its publisher's checksum says; nothing was added. Try again.`,
  ),
  'build.unknown': row(
    404,
    'never',
    2,
    (d) => `The farm hands out no Blender ${d.version}${d.platform ? ` for ${d.platform}` : ''}.`,
  ),
  'build.in-use': row(
    409,
    'never',
    2,
    (d) => `Blender ${d.version} is still needed by ${list(d.jobs)}. Let these jobs end, or cancel them.`,
  ),
  'build.incomplete': row(
    422,
    'elsewhere',
    1,
    (d) =>
      `The farm's Blender ${d.version} for ${d.platform} cannot be used: ${d.why}. Add it again with akashganga blender add.`,
    'machine',
  ),

  // ── the scene: whoever made it can mend it ────────────────────────────────────────────────────
  'scene.not-found': row(404, 'never', 2, (d) => `There is no file ${d.path}.`),
  'scene.is-folder': row(422, 'never', 2, (d) => `${d.path} is a folder. Give the .blend file inside it.`),
  'scene.unreadable-file': row(422, 'never', 2, (d) => `${d.path} cannot be read: ${d.why}.`),
  'scene.file-changed': row(
    409,
    'never',
    2,
    (d) =>
      `${d.path} ${d.what} while it was read to be sent. Nothing was submitted; give the command again when the file is complete.`,
  ),
  'scene.not-blend': row(422, 'never', 2, (d) => `${d.path} is not a Blender file: ${d.why}.`),
  'scene.truncated': row(
    422,
    'never',
    2,
    (d) => `${d.path} is cut short: ${d.why}. Save it again in Blender or copy it again.`,
  ),
  'scene.path-too-long': row(
    422,
    'never',
    2,
    (d) =>
      `The path of ${d.what} in ${d.blend} has no room for ${d.path}. Move the file nearer to the .blend, or give it a shorter name.`,
  ),
  'scene.unreadable': row(
    422,
    'never',
    1,
    (d) => `Blender cannot read the scene: ${d.why}. Open it in Blender and save it again.`,
    'scene',
  ),
  'scene.newer-blender': row(
    422,
    'never',
    1,
    (d) =>
      `The scene was saved by Blender ${d.file}, which is newer than every Blender of this farm (${list(d.have)}). Add a newer one with akashganga blender add, or save the scene with an older one.`,
    'scene',
  ),
  'scene.other-blender': row(
    422,
    'never',
    1,
    (d) =>
      `The job asks for Blender ${d.wanted}, which no worker has and the farm does not hand out (there is: ${list(d.have)}). Add it with akashganga blender add ${d.wanted}, or submit without --blender.`,
    'scene',
  ),
  'scene.no-camera': row(
    422,
    'never',
    1,
    (d) =>
      `Scene "${d.scene}" has no camera, so there is nothing to render from. Add a camera in Blender and save.`,
    'scene',
  ),
  'scene.no-frames': row(
    422,
    'never',
    1,
    (d) =>
      `The scene's frame range is empty: it starts at ${d.start} and ends at ${d.end}. Mend it in Blender or give --frames.`,
    'scene',
  ),
  'scene.unknown-name': row(
    422,
    'never',
    1,
    (d) => `The scene has no ${d.kind} "${d.name}". It has: ${list(d.known)}.`,
    'scene',
  ),
  'scene.unknown-engine': row(
    422,
    'never',
    1,
    (d) =>
      `This Blender has no render engine "${d.engine ?? 'that the scene asks for'}". If an add-on brings it, install that on the workers; or choose another with --engine.`,
    'scene',
  ),
  'scene.missing-file': row(
    422,
    'never',
    1,
    (d) =>
      `The scene refers to ${d.count} files that are not there: ${list(d.files)}. Mend the paths (File > External Data > Find Missing Files), or go on without them with --allow-missing.`,
    'scene',
  ),
  'scene.too-small': row(
    422,
    'never',
    1,
    (d) =>
      `The picture of scene "${d.scene ?? 'Scene'}" is too small to render. Give it a larger size, or a larger render border.`,
    'scene',
  ),
  'scene.no-addon': row(
    422,
    'never',
    1,
    (d) =>
      `The scene needs an add-on that this Blender does not have: ${d.why}. Install it on the workers, or make the scene independent of it.`,
    'scene',
  ),
  'scene.unreadable-image': row(
    422,
    'never',
    1,
    (d) =>
      `Blender could not read a picture that the scene uses in frame ${d.frame}: ${d.why}. Mend or replace the file, or go on without it with --allow-missing.`,
    'scene',
  ),
  'scene.driver-failed': row(
    422,
    'never',
    1,
    (d) =>
      `A driver of the scene failed in frame ${d.frame}: ${d.why}. Blender would leave its property as it is from then on. Mend its expression, or go on without it with --allow-missing.`,
    'scene',
  ),
  'scene.takes-too-much': row(
    422,
    'never',
    1,
    (d) =>
      `The scene wanted ${d.what}, which is more than a session of this worker may have, and was stopped. If it is meant to, raise the limits of the worker.`,
    'scene',
  ),
  'render.python-error': row(422, 'never', 1, (d) => `A Python error stopped the render: ${d.why}.`, 'scene'),

  // ── the machine: another computer may do better ───────────────────────────────────────────────
  'machine.no-blender': row(
    422,
    'elsewhere',
    4,
    () =>
      'There is no Blender on this computer. Install it (`apt-get install blender` on Debian and Ubuntu, or from blender.org) and start again.',
    'machine',
  ),
  'machine.needs-build': row(
    422,
    'elsewhere',
    4,
    (d) =>
      `There is no Blender on ${d.worker ?? 'this computer'}, and the farm hands out none for ${d.platform}. Add one with akashganga blender add, or install Blender there.`,
    'machine',
  ),
  'machine.missing-libraries': row(
    422,
    'elsewhere',
    4,
    (d) =>
      `${d.blender ?? 'Blender'} does not start on ${d.worker ?? 'this computer'}: its system lacks ${list(d.libraries)}. On Debian and Ubuntu: apt-get install ${d.packages}.`,
    'machine',
  ),
  'machine.ffmpeg-killed': row(
    503,
    'later',
    4,
    (d) =>
      `Something on the frame server's computer ended ffmpeg (${d.signal}), again and again. Most likely it has too little memory.`,
    'machine',
  ),
  'machine.no-ffmpeg': row(
    422,
    'elsewhere',
    4,
    () =>
      'There is no ffmpeg on this computer, so no film can be made. Install it (`apt-get install ffmpeg` on Debian and Ubuntu) and start again.',
    'machine',
  ),
  'machine.no-encoder': row(
    422,
    'elsewhere',
    4,
    (d) =>
      `The ffmpeg on this computer has no encoder for ${d.container} films (wanted one of ${list(d.encoders)}).`,
    'machine',
  ),
  'machine.no-denoiser': row(
    422,
    'elsewhere',
    1,
    () =>
      "This computer's Blender was built without OpenImageDenoise, which the scene asks for. Use an official build from blender.org, or turn denoising off.",
    'machine',
  ),
  'machine.blender-failed': row(
    422,
    'elsewhere',
    1,
    (d) => `Blender did not start on ${d.worker ?? 'this computer'}: ${d.why}.`,
    'machine',
  ),
  'machine.wrong-platform': row(
    422,
    'elsewhere',
    4,
    (d) =>
      `This Blender was made for another kind of processor than that of ${d.worker ?? 'this computer'} and does not start. Use the build for its platform.`,
    'machine',
  ),
  'machine.not-executable': row(
    422,
    'elsewhere',
    4,
    (d) => `Blender may not be started: ${d.why}. Make the file executable (chmod +x), or name another.`,
    'machine',
  ),
  'machine.no-egl': row(
    422,
    'elsewhere',
    4,
    () =>
      'EEVEE and Workbench cannot draw on this computer because libEGL is missing or broken. Install it (`apt-get install libegl1` on Debian and Ubuntu, `dnf install mesa-libEGL` on Fedora).',
    'machine',
  ),
  'machine.gpu-failed': row(
    422,
    'elsewhere',
    1,
    (d) =>
      `The graphics card of this computer failed: ${d.why}. Update its driver, or render on the processor.`,
    'machine',
  ),
  'machine.no-gpu': row(
    422,
    'elsewhere',
    1,
    () => 'This worker has no graphics card that Cycles can use, and the job asks for one with --device gpu.',
    'machine',
  ),
  'machine.hasty': row(
    422,
    'elsewhere',
    1,
    (d) =>
      `Frame ${d.frame} came far too soon from ${d.worker}, and was another picture when it was rendered again.`,
    'machine',
  ),
  'machine.port-in-use': row(
    422,
    'never',
    4,
    (d) => `Port ${d.port} on ${d.host} is in use by another program. Choose another with ${d.flag}.`,
  ),
  'machine.data-in-use': row(
    409,
    'never',
    4,
    (d) =>
      `The data folder ${d.folder} is in use by another ${d.role} of this computer. Choose another with --data.`,
  ),
  'machine.data-not-writable': row(
    422,
    'never',
    4,
    (d) => `The data folder ${d.folder} cannot be used: ${d.why}. Choose another with --data.`,
  ),
  'machine.database-failed': row(422, 'never', 4, (d) => `PostgreSQL does not start: ${d.why}.`),
  'machine.no-sandbox': row(
    422,
    'elsewhere',
    4,
    (d) =>
      `This worker was told to render in a sandbox only, and none can be made on this computer (${d.why}). Install bubblewrap, or start it with --sandbox auto.`,
    'machine',
  ),
  'machine.old-node': row(
    422,
    'never',
    4,
    (d) => `Node ${d.found} is too old; Akashganga needs ${d.needed} or newer.`,
  ),

  // ── capacity: alone, or on a larger computer ──────────────────────────────────────────────────
  'capacity.memory': row(
    422,
    'elsewhere',
    1,
    (d) =>
      `Blender ran out of memory${d.why ? ` (${d.why})` : ''}. Make the scene lighter, use fewer slots, or add a computer with more memory.`,
    'capacity',
  ),
  'capacity.processes': row(
    422,
    'elsewhere',
    1,
    (d) =>
      `The system gave Blender no further process or thread (${d.why}). Use fewer slots, or raise the limit (ulimit -u, or pids.max of the container).`,
    'capacity',
  ),
  'capacity.gpu-memory': row(
    422,
    'elsewhere',
    1,
    () => 'Blender ran out of graphics memory. Make the scene lighter, or render it on the processor.',
    'capacity',
  ),

  // ── one attempt: the next one may succeed ─────────────────────────────────────────────────────
  'render.crashed': row(
    422,
    'later',
    1,
    (d) => `Blender crashed in frame ${d.frame} (${d.how}).`,
    'transient',
  ),
  'render.killed': row(
    422,
    'later',
    1,
    (d) =>
      `Something outside the farm ended Blender in frame ${d.frame} (${d.how}); there is no sign that memory ran out.`,
    'transient',
  ),
  'render.ended': row(
    422,
    'later',
    1,
    (d) =>
      `Blender ended in the middle of frame ${d.frame} as if all were well, without a picture. A script of the scene may have told it to.`,
    'transient',
  ),
  'render.too-large': row(
    422,
    'later',
    1,
    (d) =>
      `Blender wanted to write a file ${d.frame == null ? 'while it opened the scene' : `in frame ${d.frame}`} that is larger than this worker allows. Allow it more with --session-disk.`,
    'machine',
  ),
  'render.not-a-picture': row(
    422,
    'later',
    1,
    (d) =>
      `Frame ${d.frame} should be a ${d.expected} file, but Blender wrote ${d.found}. A script of the scene may have changed its output format.`,
    'transient',
  ),
  'render.hung': row(
    422,
    'later',
    1,
    (d) =>
      `Blender showed no progress for ${d.seconds} s in frame ${d.frame}${d.how ? ` (${d.how})` : ''} and was stopped.`,
    'transient',
  ),
  'render.no-file': row(
    422,
    'later',
    1,
    (d) => `Blender says frame ${d.frame} is done, but wrote no file.`,
    'transient',
  ),
  'render.differs': row(
    422,
    'never',
    1,
    (d) =>
      `Frame ${d.frame} differs between the open session and a new Blender that rendered it alone${d.most ? ` (by up to ${d.most} of full white)` : ''}. Render the job with --history sequence, or with --history cold.`,
    'scene',
  ),
  'render.bad-file': row(
    422,
    'later',
    1,
    (d) => `The picture of frame ${d.frame} is damaged (${d.why}) and was thrown away.`,
    'transient',
  ),
  'render.wrong-size': row(
    422,
    'never',
    1,
    (d) =>
      `The picture of frame ${d.frame} is ${d.found} pixels, not ${d.expected} as when the scene was examined. A script or the compositor of the scene may have changed it.`,
    'scene',
  ),
  'render.wrong-pixels': row(
    422,
    'never',
    1,
    (d) =>
      `The picture of frame ${d.frame} has ${d.found}, not ${d.expected} as when the scene was examined. A script of the scene may have changed its output.`,
    'scene',
  ),
  'render.too-soon': row(
    422,
    'later',
    1,
    (d) =>
      `Frame ${d.frame} came from ${d.worker} after ${d.seconds} s, where its neighbours take ${d.usual} s. It is rendered a second time.`,
    'transient',
  ),
  'picture.too-large': row(
    422,
    'never',
    1,
    (d) =>
      `The picture of frame ${d.frame} is ${d.found} pixels, more than the ${d.most} megapixels that the frame server takes. Render it smaller, or give the frame server a larger AKASHGANGA_LARGEST_PICTURE.`,
    'scene',
  ),
  'render.cannot-save': row(
    422,
    'elsewhere',
    1,
    (d) => `Blender could not save frame ${d.frame}: ${d.why}.`,
    'machine',
  ),
  'render.failed': row(
    422,
    'later',
    1,
    (d) => `Blender could not render frame ${d.frame}: ${d.why}.`,
    'transient',
  ),
  'render.lost': row(
    422,
    'later',
    1,
    (d) => `The worker ${d.worker} was lost while it had frame ${d.frame}.`,
    'transient',
  ),
  // ── what a farm's owner recognises by rules of their own (docs/guide/failures.md) ─────────────
  'custom.scene': row(422, 'never', 1, (d) => ownSays(d), 'scene'),
  'custom.machine': row(422, 'elsewhere', 1, (d) => ownSays(d), 'machine'),
  'custom.capacity': row(422, 'elsewhere', 1, (d) => ownSays(d), 'capacity'),
  'custom.transient': row(422, 'later', 1, (d) => ownSays(d), 'transient'),

  'film.wrong': row(
    422,
    'later',
    1,
    (d) => `The film was made and is not right: ${d.why}. It was thrown away; the frames are kept.`,
    'machine',
  ),
  'film.failed': row(422, 'later', 1, (d) => `The film could not be made: ${d.why}.`, 'machine'),
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof problems;

/** True for a code of the table; codes from the network may be of a newer release. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

/** Who can mend it; a code without a class is treated as transient. */
export function problemClass(code: ProblemCode): ProblemClass {
  const found: ProblemRow = problems[code];
  return found.class ?? 'transient';
}

export function exitCode(code: ProblemCode): 1 | 2 | 3 | 4 {
  return problems[code].exit;
}
