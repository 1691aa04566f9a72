import { expect, test } from 'vitest';
import { openingWarnings } from './opening-warnings.ts';

const failing = `Read blend: "/a/scripts.blend"
Error: Python: Traceback (most recent call last):
  File "/a/scripts.blend/rig.py", line 3, in <module>
NameError: name 'nothing' is not defined
Info: Saved`;

test('a program that fails when the scene is opened is named with its place and its reason, once', () => {
  const says =
    "A program of the scene failed when it was opened (rig.py, line 3): NameError: name 'nothing' is not defined";
  expect(openingWarnings(failing)).toEqual([says]);
  expect(openingWarnings(`${failing}\n${failing}`)).toEqual([says]);
});

test('drivers are left to the examination, and of a log without failures nothing is said', () => {
  const driver = failing.replace('/a/scripts.blend/rig.py', '<bpy driver>');
  expect(openingWarnings(driver)).toEqual([]);
  expect(openingWarnings('Blender 3.4.1\nRead blend: "/a/scripts.blend"')).toEqual([]);
});
