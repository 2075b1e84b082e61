import { describe, expect, test } from 'vitest';
import type { DecisionRow } from './decisions.ts';
import { isRejected, reject, resolveWithoutLabel, spansWithoutLabel } from './decisions.ts';
import { compareLayers, isResolved } from './disagreements.ts';
import type { PeakRow } from './peak-edits.ts';
import { acceptPeak, createPeak, moveApex, relabelPeak, removePeak } from './peak-edits.ts';
import { doubtIn, inReviewOrder, proposalStates, undecided } from './review-order.ts';
import type { SegmentRow } from './segment-edits.ts';
import { someRow } from '../../../testing/results.ts';
import type { PerExpression } from '../domain/expressions.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';
import { columnsOf } from '../domain/timeline-columns.ts';
import type { TimelineRow } from '../domain/timeline.ts';
import { UNLABELLED } from '../statistics/agreement/layers.ts';
import { figuresOf, meanCurve, pooled, transitions } from '../statistics/summaries.ts';
import type { ObservedFace } from '../statistics/summaries.ts';

let made = 0;
const by = { name: 'Ann', at: '2026-11-24T10:00:00.000Z', newId: () => `new ${++made}` };

function segment(start: number, end: number, more: Partial<SegmentRow> = {}): SegmentRow {
  return {
    id: `s${start}`,
    layer_id: 'model',
    face_id: 1,
    label: 'happiness',
    start_s: start,
    end_s: end,
    confidence: 0.5,
    made_by: 'model',
    made_at: by.at,
    proposal_id: null,
    model_sha256: 'ab',
    revision: 1,
    ...more,
  };
}
const decisionOf = (edit: ReturnType<typeof reject>): DecisionRow => ({ ...(edit as Extract<typeof edit, { kind: 'insert' }>).row, revision: 1 });

describe('undecided proposals', () => {
  const proposals = [segment(0, 1, { confidence: 0.9 }), segment(2, 3, { confidence: 0.3 }), segment(4, 5, { label: 'neutral' }), segment(6, 7)];

  test('are those that the coder has not accepted, labelled or rejected; neutral is left out', () => {
    expect(undecided(proposals, [], [], 'ann').map(({ id }) => id)).toEqual(['s0', 's2', 's6']);
    const accepted = segment(50, 51, { id: 'x', proposal_id: 's0' });
    const covering = segment(2.4, 3, { id: 'y', label: 'fear' });
    const partlyCovering = segment(6.6, 7.5, { id: 'z' });
    expect(undecided(proposals, [accepted, covering, partlyCovering], [], 'ann').map(({ id }) => id)).toEqual(['s6']);
    const elsewhere = segment(2, 3, { id: 'other', face_id: 2 });
    expect(undecided(proposals, [elsewhere], [], 'ann')).toHaveLength(3);
    const decision = decisionOf(reject('v', 'ann', proposals[1]!, by));
    expect(undecided(proposals, [], [decision], 'ann').map(({ id }) => id)).toEqual(['s0', 's6']);
    // A rejection counts only for the coder who made it.
    expect(undecided(proposals, [], [decision], 'ben')).toHaveLength(3);
    expect(isRejected([decision], 'ann', proposals[1]!)).toBe(true);
    // The same segment of another run is another proposal.
    expect(isRejected([decision], 'ann', { ...proposals[1]!, id: 'of another run' })).toBe(false);
  });

  test('a decided proposal is accepted, changed or rejected', () => {
    const own = [
      segment(0, 1, { id: 'same', proposal_id: 's0' }),
      segment(2, 3.2, { id: 'longer', proposal_id: 's2' }),
      segment(6.1, 7, { id: 'instead', label: 'fear' }),
    ];
    const rejected = decisionOf(reject('v', 'ann', proposals[1]!, by));
    expect([...proposalStates(proposals, own, [], 'ann')]).toEqual([
      ['s0', 'accepted'],
      ['s2', 'changed'],
      ['s6', 'changed'],
    ]);
    expect([...proposalStates(proposals, [], [rejected], 'ann')]).toEqual([['s2', 'rejected']]);
    expect([...proposalStates(proposals, [], [rejected], 'ben')]).toEqual([]);
  });

  test('are sorted by lowest confidence, highest confidence or time', () => {
    const order = (criterion: Parameters<typeof inReviewOrder>[1]): string[] => inReviewOrder([...proposals].reverse(), criterion).map(({ id }) => id);
    expect(order('doubtful')).toEqual(['s2', 's4', 's6', 's0']);
    expect(order('strong')).toEqual(['s0', 's4', 's6', 's2']);
    expect(order('time')).toEqual(['s0', 's2', 's4', 's6']);
  });

  test('are most doubtful where the probabilities are even or the face is unusual', () => {
    const even = { probabilities: EXPRESSIONS.map(() => 1 / 7) as unknown as PerExpression };
    const sure = { probabilities: EXPRESSIONS.map((_, i) => (i === 0 ? 1 : 0)) as unknown as PerExpression };
    const rowAt = (at: number): TimelineRow => {
      const row = someRow(1, at * 5, { startS: at, endS: at + 1, unusual: at === 4 ? ['turned'] : [] });
      return { ...row, reading: { ...row.reading!, ...(at < 2 ? even : sure) } };
    };
    const timelines = new Map([[1, columnsOf([0, 1, 2, 3, 4, 5, 6, 7].map(rowAt))]]);
    const spans = [segment(0, 2), segment(2, 4), segment(4, 6), segment(6, 8, { face_id: 2, confidence: 0.9 })];
    expect(inReviewOrder(spans, 'doubtful', timelines).map(({ id }) => id)).toEqual(['s0', 's4', 's6', 's2']);
    expect(doubtIn(timelines.get(1)!, segment(20, 21))).toBeNull();
  });
});

describe('comparing two coders', () => {
  const layers = [
    { name: 'Ann', spans: [{ face: 1, label: 'happiness', startS: 0, endS: 2 }] },
    {
      name: 'Ben',
      spans: [
        { face: 1, label: 'happiness', startS: 0, endS: 1 },
        { face: 1, label: 'surprise', startS: 1, endS: 2.5 },
        { face: 2, label: 'fear', startS: 4, endS: 5 },
      ],
    },
  ];

  test('divides the time at every label boundary and marks each span as agreed or not', () => {
    expect(compareLayers(layers)).toEqual([
      { face: 1, startS: 0, endS: 1, labels: ['happiness', 'happiness'], isAgreed: true },
      { face: 1, startS: 1, endS: 2, labels: ['happiness', 'surprise'], isAgreed: false },
      { face: 1, startS: 2, endS: 2.5, labels: [UNLABELLED, 'surprise'], isAgreed: false },
      { face: 2, startS: 4, endS: 5, labels: [UNLABELLED, 'fear'], isAgreed: false },
    ]);
    expect(compareLayers(layers, 0.6).map(({ startS }) => startS)).toEqual([0, 1, 4]);
    expect(compareLayers([])).toEqual([]);
  });

  test('of overlapping labels, the one that began last counts, until it ends', () => {
    const spans = [
      { face: 1, label: 'long', startS: 0, endS: 9 },
      { face: 1, label: 'middle', startS: 1, endS: 4 },
      { face: 1, label: 'short', startS: 2, endS: 3 },
      { face: 1, label: 'ended', startS: 2.5, endS: 2.75 },
    ];
    expect(compareLayers([{ name: 'Ann', spans }]).map(({ labels, endS }) => [labels[0], endS])).toEqual([
      ['long', 1],
      ['middle', 2],
      ['short', 2.5],
      ['ended', 2.75],
      ['short', 3],
      ['middle', 4],
      ['long', 9],
    ]);
  });

  test('100,000 labels are compared', () => {
    const spans = Array.from({ length: 100_000 }, (_, i) => ({ face: 1, label: i % 2 === 0 ? 'a' : 'b', startS: i / 10, endS: i / 10 + 0.09 }));
    expect(
      compareLayers([
        { name: 'Ann', spans },
        { name: 'Ben', spans },
      ]),
    ).toHaveLength(100_000);
  });

  test("a label called 'none' is a label: it does not agree with time without a label", () => {
    const none = { name: 'Ann', spans: [{ face: 1, label: 'none', startS: 0, endS: 2 }] };
    expect(compareLayers([none, { name: 'Ben', spans: [] }])).toEqual([{ face: 1, startS: 0, endS: 2, labels: ['none', UNLABELLED], isAgreed: false }]);
  });

  test('joins adjacent spans of one label, and leaves out spans without any label', () => {
    const split = [{ face: 1, label: 'a', startS: 0, endS: 1 }, { face: 1, label: 'a', startS: 1, endS: 2 }, { face: 1, label: 'a', startS: 3, endS: 4 }]; // prettier-ignore
    expect(compareLayers([{ name: 'x', spans: split }]).map(({ startS, endS }) => [startS, endS])).toEqual([
      [0, 2],
      [3, 4],
    ]);
  });

  test('a disagreement is resolved by labels or no-label decisions covering most of it', () => {
    const span = { face: 1, startS: 1, endS: 2 };
    expect(isResolved(span, [{ face: 1, startS: 1.6, endS: 2 }], [])).toBe(false);
    expect(isResolved(span, [{ face: 1, startS: 1.4, endS: 3 }], [])).toBe(true);
    const withoutLabel = spansWithoutLabel([
      decisionOf(resolveWithoutLabel('v', 'ann', span, by)),
      decisionOf(reject('v', 'ann', segment(1, 2, { face_id: 2 }), by)),
    ]);
    expect(isResolved(span, [], withoutLabel)).toBe(true);
    expect(isResolved({ ...span, face: 2 }, [], withoutLabel)).toBe(false);
    // A later move of an edge by a millisecond does not reopen it.
    expect(isResolved({ ...span, startS: 1.001 }, [], withoutLabel)).toBe(true);
    // Labels and decisions count together.
    expect(isResolved({ ...span, endS: 4 }, [{ face: 1, startS: 3, endS: 4 }], withoutLabel)).toBe(true);
  });
});

test('peaks are created, accepted, moved, relabelled and removed; onset and offset move with an apex that passes them', () => {
  const edit = createPeak('l', 1, 'fear', { onsetS: 1, apexS: 1.5, offsetS: 2 }, by);
  if (edit.kind !== 'insert') throw new Error('an insertion');
  const peak: PeakRow = { ...edit.row, revision: 3 };
  expect(moveApex(peak, 0.5)).toMatchObject({ id: peak.id, revision: 3, set: { onset_s: 0.5, apex_s: 0.5, offset_s: 2 } });
  expect(moveApex(peak, 4)).toMatchObject({ set: { onset_s: 1, apex_s: 4, offset_s: 4 } });
  expect(acceptPeak({ ...peak, intensity: 0.7 }, 'mine', by)).toMatchObject({ row: { layer_id: 'mine', proposal_id: peak.id, intensity: 0.7 } });
  expect(relabelPeak(peak, 'anger')).toMatchObject({ set: { label: 'anger' } });
  expect(removePeak(peak)).toEqual({ table: 'peak', kind: 'delete', id: peak.id, revision: 3 });
});

describe('summaries', () => {
  const slots = { times: Float64Array.from([0, 1, 2, 3, 1, 2, 3, 4]), shares: { fear: Float32Array.from([0.25, 0.75, NaN, 0.5]) } };
  const face: ObservedFace = {
    videoId: 'a',
    video: 'a.mp4',
    path: '/a.mp4',
    missing: null,
    startS: 0,
    endS: 4,
    visible: slots,
    marksPeaks: true,
    participant: 'P1',
    condition: 'x',
    session: '',
    face: 1,
    observedS: 3,
    slots,
    segments: [
      { label: 'fear', startS: 0, endS: 1.5 },
      { label: 'joy', startS: 2, endS: 2.5 },
      { label: 'fear', startS: 3, endS: 4 },
    ],
    peaks: [
      { label: 'fear', apexS: 1.5 },
      { label: 'fear', apexS: 3.5 },
    ],
  };

  test('of one face equal values computed by hand', () => {
    expect(figuresOf(face, 'fear')).toEqual({
      label: 'fear',
      observedS: 3,
      seconds: 2.5,
      share: 2.5 / 3,
      count: 2,
      perMinute: 40,
      meanDurationS: 1.25,
      firstLatencyS: 0,
      peaks: 2,
      peaksPerMinute: 40,
      firstPeakS: 1.5,
      meanIntensity: 0.5,
      maxIntensity: 0.75,
      area: 1.5,
      measuredS: 3,
    });
    expect(figuresOf(face, 'joy')).toMatchObject({ peaks: 0, firstPeakS: null, meanIntensity: null, firstLatencyS: 2 });
  });

  test('latencies count from the start of the video, overlapping labels count once, and peaks that a layer does not mark are unknown', () => {
    const overlapping = [...face.segments, { label: 'fear', startS: 1, endS: 2 }, { label: 'fear', startS: 3.2, endS: 3.2 }];
    const late = { ...face, startS: 0.5, marksPeaks: false, segments: overlapping };
    expect(figuresOf(late, 'fear')).toMatchObject({ seconds: 3, count: 4, meanDurationS: 3.5 / 4, firstLatencyS: -0.5 });
    expect(figuresOf(late, 'joy')).toMatchObject({ firstLatencyS: 1.5, peaks: null, peaksPerMinute: null, firstPeakS: null });
    expect(pooled([figuresOf(late, 'joy')])).toMatchObject({ peaks: null, peaksPerMinute: null, firstPeakS: null });
  });

  test('pooled: times and counts add up, means are weighted by time', () => {
    const other = { ...face, observedS: 1, segments: [], peaks: [{ label: 'fear', apexS: 0.5 }], slots: null };
    expect(pooled([face, other].map((each) => figuresOf(each, 'fear')))).toMatchObject({
      observedS: 4,
      seconds: 2.5,
      share: 0.625,
      count: 2,
      peaks: 3,
      firstPeakS: 1,
      meanIntensity: 0.5,
      area: 1.5,
    });
    expect(pooled([])).toMatchObject({ observedS: 0, share: null, firstPeakS: null, meanIntensity: null });
  });

  test('transitions and the mean curve around peaks', () => {
    expect(transitions([face], ['fear', 'joy'])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(transitions([face], ['fear'])).toEqual([[1]]);
    const curve = meanCurve([face], 'fear', 1, 0.5);
    expect(curve.map(({ atS, mean, peaks }) => [atS, mean, peaks])).toEqual([
      [-1, 0.25, 1],
      [-0.5, 0.625, 2],
      [0, 0.625, 2],
      // The face was absent at 2 s; the other peak's slot ends at 4 s.
    ]);
    expect(curve[1]!.error).toBeCloseTo(0.125, 10);
    expect(curve[0]!.error).toBeNull();
  });
});
