import { expect, test } from 'vitest';
import { checkFilmArguments, splitArguments } from './film-arguments.ts';

const check = (line: string) => () => checkFilmArguments(splitArguments(line));

test.each([
  '-c:v libx264 -crf 20 -preset slow -tune animation',
  '-c:v libx265 -x265-params keyint=48:min-keyint=48:aq-mode=3',
  '-b:v 8M -maxrate 10M -bufsize 20M -pix_fmt yuv422p10le',
  '-vf scale=1280:-2,unsharp=5:5:0.8',
  '-vf "eq=contrast=1.1:saturation=1.2, format=yuv420p"',
  "-metadata 'title=The long way home: part 2'",
  '-profile:v high -level 4.1 -g 48 -bf 2 -flags +cgop',
  '',
])('%s may be given', (line) => {
  expect(check(line)).not.toThrow();
});

test.each([
  ['-i /etc/passwd', 'what goes in'],
  ['out.mp4', 'one output'],
  ['-f concat', 'what goes in'],
  ['-y /tmp/x', 'not on the list'],
  ['-crf 20 /tmp/second.mp4', 'one output'],
  ['-map 0:v', 'another file'],
  ['-filter_complex [0]null', 'another file'],
  ['-vf movie=/etc/passwd', 'the filter movie'],
  ['-vf null,subtitles=/etc/passwd', 'the filter subtitles'],
  ['-vf lut3d=file=/tmp/x.cube', 'no file'],
  ['-vf "null[a];[a]null"', 'no quotes, labels'],
  ['-vf fps=12', 'the filter fps'],
  ['-vf select=1', 'the filter select'],
  ['-vf sendcmd=f=/tmp/x', 'the filter sendcmd'],
  ['-vf eq=1,drawtext=textfile=/etc/passwd', 'no file'],
  ['-r 12', 'which frames'],
  ['-ss 1', 'which frames'],
  ['-pass 1', 'another file'],
  ['-passlogfile /tmp/x', 'another file'],
  ['-x264-params stats=/tmp/x', '"stats"'],
  ['-x264-params crf=20:dump-yuv=/tmp/x', '"dump-yuv"'],
  ['-x265-params csv=/tmp/x', '"csv"'],
  ['-c:v copy', 'have to be encoded'],
  ['-crf http://x', 'another kind'],
  ['-crf', 'value is missing'],
  ['-metadata title="a', 'not closed'],
  ['-hwaccel cuda', 'hardware'],
  ['-report 1', 'another file'],
  ['-constructor 1', 'not on the list'],
  ['-__proto__ 1', 'not on the list'],
  ['-vf constructor', 'the filter constructor'],
])('%s is refused', (line, why) => {
  expect(check(line)).toThrow(why);
});

test('arguments are parted as in a shell, and nothing in them is run', () => {
  expect(splitArguments(`-a 'b c' -d "e \\" f" g\\ h $(id) ''`)).toEqual([
    ...['-a', 'b c', '-d', 'e " f', 'g h', '$(id)', ''],
  ]);
});
