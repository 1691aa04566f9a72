// A frame server as a process that can be killed. Arguments: its folder, ffmpeg, the manager's URL and key. Prints its port.
import { startFrameServer } from '@akashganga/frames';
import { pino } from 'pino';

const [folder = '', ffmpeg = '', url = '', key = ''] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const where = { folder, host: '127.0.0.1', port: 0, publicUrl: null, name: 'killed' };
const server = await startFrameServer({ ...where, farm: { url, key }, ffmpeg, log });
console.log(server.port);
