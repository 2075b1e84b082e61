import { describe, expect, test } from 'vitest';
import { redacted } from './redact.ts';

const NAMES = ['anna.mueller', 'LAB-PC-07'];

describe('a text for others has no paths and no names of files', () => {
  test.each([
    ["ENOENT: no such file or directory, open '/home/anna/Videos/Müller, Anna (1).mp4'", "ENOENT: no such file or directory, open '<path>.mp4'"],
    [
      "EXDEV: cross-device link not permitted, rename '/a/Jürgen.part' -> '/b/Jürgen.csv'",
      "EXDEV: cross-device link not permitted, rename '<path>.part' -> '<path>.csv'",
    ],
    ["EACCES: permission denied, mkdir '/Users/Anna Müller/Studie'", "EACCES: permission denied, mkdir '<path>'"],
    ["cannot open '/home/o'neil/x y.MOV'", "cannot open '<path>.mov'"],
    ['file:/home/anna/Übung 2/Frau Groß.mkv: Invalid data found when processing input', '<path>.mkv: Invalid data found when processing input'],
    ['/home/anna/Studie Müller/raw: Is a directory', '<path>: Is a directory'],
    ['could not read /srv/Kinder', 'could not read <path>'],
    ['~/Videos/Anna.mp4 is empty', '<path>.mp4 is empty'],
    ['C:\\Users\\Jörg Müller\\Desktop\\Kind 3.MP4: Permission denied', '<path>.mp4: Permission denied'],
    ['C:/Users/Jörg/Kind 3', '<path>'],
    ['D:\\Übung\\Größe: not a folder', '<path>: not a folder'],
    ['\\\\server\\Klinik\\Müller Anna\\v1.avi is locked', '<path>.avi is locked'],
    ['\\\\?\\C:\\Users\\Jörg\\x: too long', '<path>: too long'],
    ['//server/Klinik/Müller', '<path>'],
    ['{"path":"C:\\\\Users\\\\Jörg\\\\a.mp4"}', '{"<text>":"<path>.mp4"}'],
    ['file:///C:/Users/J%C3%B6rg/a.mp4 was not found', '<path>.mp4 was not found'],
    ['Anna Müller 2.mp4: the video stream is damaged', '<file>.mp4: the video stream is damaged'],
    ['probe: Anna_Müller.MTS', 'probe: <file>.mts'],
    ['The video “Größe.mov” of ‘Jörg’ and „Änne“', 'The video “<file>.mov” of ‘<text>’ and „<text>“'],
    // Umlauts as two characters each, as macOS writes them.
    ['/Users/anna/Mu\u0308ller/Ja\u0308ger: gone', '<path>: gone'],
    ['Ja\u0308ger.mp4', '<file>.mp4'],
    ['no entry for anna.mueller on lab-pc-07', 'no entry for <name> on <name>'],
  ])('%s', (text, expected) => {
    expect(redacted(text, NAMES)).toBe(expected);
  });

  test.each([
    "TypeError: Cannot read properties of undefined (reading 'start')",
    'TypeError: studio.project.db.run is not a function',
    'engine-died/network: signal SIGSEGV, 3/4 runs, and/or 12.5 s',
    'SQLITE_BUSY: database is locked',
    'listen EADDRINUSE: address already in use 127.0.0.1:8080',
    'see https://www.electronjs.org/docs for it',
  ])('what names no person stays: %s', (text) => {
    expect(redacted(text, NAMES)).toBe(text);
  });

  test('a stack shows places of the program and of libraries, and no others', () => {
    const stack = [
      "Error: EBUSY: resource busy, open 'C:\\Jörg\\a.mp4'",
      '    at open (node:internal/fs/promises:639:25)',
      '    at Studio.openProject (file:///home/j%C3%B6rg/my tools/adatosk/src/main/services/studio/studio.ts:91:23)',
      '    at async C:\\Program Files\\AdaTosk Studio\\resources\\app.asar\\out\\main\\index.js:10:5',
      '    at Object.run (/home/jörg/adatosk/node_modules/@orpc/server/dist/index.mjs:7:9)',
      '    at /home/Jörg Müller/Skripte/eigenes.js:3:1',
      '    at other (\\\\server\\Klinik\\Müller\\x.js:4:2)',
    ].join('\n');
    expect(redacted(stack, NAMES).split('\n')).toEqual([
      "Error: EBUSY: resource busy, open '<path>.mp4'",
      '    at open (node:internal/fs/promises:639:25)',
      '    at Studio.openProject (<program>/src/main/services/studio/studio.ts:91:23)',
      '    at async <program>/out/main/index.js:10:5',
      '    at Object.run (<program>/node_modules/@orpc/server/dist/index.mjs:7:9)',
      '    at <path>:3:1',
      '    at other (<path>:4:2)',
    ]);
  });

  test('long and strange texts end soon', () => {
    const before = performance.now();
    for (const text of ["'".repeat(5000), '/'.repeat(5000), '/a '.repeat(2000), 'a.mp4 '.repeat(1000), '\\\\'.repeat(3000)]) redacted(text, NAMES);
    expect(performance.now() - before).toBeLessThan(3000);
  });
});
