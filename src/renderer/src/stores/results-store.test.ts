import { createPinia, setActivePinia } from 'pinia';
import { expect, test } from 'vitest';
import { useResults } from './results-store.ts';

test('two videos of one name in the tables of a project stay apart', async () => {
  setActivePinia(createPinia());
  const results = useResults();
  const file = (name: string, lines: readonly string[]): File => Object.assign(new File([lines.join('\r\n')], name), { webkitRelativePath: `out/${name}` });
  await results.open([
    file('summary.csv', ['video,status,video_id', 'smile.mp4,done,v1', 'smile.mp4,done,v2']),
    file('timeline.csv', ['video,face_id,slot,start_s,end_s,video_id', 'smile.mp4,1,0,0,0.2,v1', 'smile.mp4,7,0,0,0.2,v2']),
    file('peaks.csv', ['video,face_id,label,apex_s,video_id', 'smile.mp4,7,fear,0.1,v2']),
    file('run.json', ['{"warnings": []}']),
  ]);
  expect(results.problem).toBe('');
  expect([results.selectedVideo, results.faces, results.facePeaks]).toEqual(['v1', ['1'], []]);
  results.select('v2');
  expect([results.faces, results.facePeaks, results.summary?.['video']]).toEqual([['7'], [{ label: 'fear', apexS: 0.1 }], 'smile.mp4']);
});
