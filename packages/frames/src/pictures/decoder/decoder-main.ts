// A decoder: a process of its own that opens the pictures of strangers for the frame server and hands back what is in
// them. It is started with limits and reads nothing but what it is asked for; when it is killed, one frame has failed.
import { FarmError } from '@akashganga/protocol';
import { checkPicture } from '../check-picture.ts';
import { viewExrFile } from '../formats/view-exr-file.ts';
import { lookOfThumbnail } from '../look-of-thumbnail.ts';
import { readPixels } from '../read-pixels.ts';
import { type Answer, type Question, readMessages, writeMessage } from './messages.ts';

const [ffmpeg = '', largestPicture = ''] = process.argv.slice(2);
const tools = { ffmpeg: ffmpeg || null, largestPicture: Number(largestPicture) };

async function answer(question: Question): Promise<{ words: Answer; bytes?: Buffer }> {
  try {
    if (question.do === 'pixels') {
      const { path, extension, wanted } = question;
      const { data, width, height, kind } = await readPixels(path, extension, tools, wanted);
      return { words: { is: 'pixels', width, height, kind }, bytes: data };
    }
    if (question.do === 'view') {
      const { pixels, layers } = await viewExrFile(question.path, question.wish, tools);
      const { data, width, height } = pixels;
      return { words: { is: 'viewed', width, height, layers }, bytes: data };
    }
    const thumbnail = await checkPicture(question.path, question.expected, tools);
    const found = thumbnail && (await lookOfThumbnail(thumbnail));
    const seen = found && { look: found.look, print: [...found.print] };
    const words: Answer = { is: 'checked', hasThumbnail: thumbnail !== null, seen };
    return thumbnail ? { words, bytes: thumbnail } : { words };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const isOurs = error instanceof FarmError;
    return {
      words: { is: 'refused', code: isOurs ? error.code : null, details: isOurs ? error.details : {}, why },
    };
  }
}

// What it is asked comes from the frame server, and is never large.
for await (const { words } of readMessages(process.stdin, 0)) {
  const { words: said, bytes } = await answer(words as Question);
  await writeMessage(process.stdout, said, bytes);
}
