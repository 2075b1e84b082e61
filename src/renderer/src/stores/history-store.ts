import { defineStore, storeToRefs } from 'pinia';
import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import type { Step } from '../../../shared/annotation/steps.ts';
import { isStudyStep } from '../../../shared/annotation/study-edits.ts';
import { studio } from '../api/api.ts';
import { i18n } from '../texts/i18n.ts';
import { stepText } from '../texts/step-text.ts';
import { useProject } from './project-store.ts';
import { useReview } from './review-store.ts';
import { useToasts } from './toasts-store.ts';

type Direction = 'undo' | 'redo';
type NextStep = NonNullable<Awaited<ReturnType<typeof studio.edits.next>>>;
/** Names of videos that a message lists. */
const MOST_NAMES = 2;

/**
 * Undo and redo of a coder's steps. A step that belongs to what the window shows (the open video, or the library) is applied at once; for
 * another one, a message says where it belongs and offers to go there.
 */
export const useHistory = defineStore('history', () => {
  const project = useProject();
  const review = useReview();
  const toasts = useToasts();
  const { video } = storeToRefs(review);

  /**
   * @param onApplied called with the edit that undid or redid the step
   * @param only the entry that may be undone or redone; by default the next one, whatever it is
   * @returns whether no error occurred; an error is shown
   */
  function apply(
    direction: Direction,
    coderId: string,
    { onApplied = () => undefined, only }: { onApplied?: (edit: AppliedEdit) => unknown; only?: number } = {},
  ): Promise<boolean> {
    return project.attempt(async () => {
      const next = await studio.edits.next({ coder: coderId, direction });
      if (next === null) toasts.show(i18n.global.t(`coding.nothingTo.${direction}`), { kind: 'problem' });
      else if (only !== undefined && next.entry !== only) toasts.show(i18n.global.t('coding.notLast'), { kind: 'problem' });
      else if (endsBlind(direction, next.step)) toasts.show(i18n.global.t('coding.blindBySwitch'), { kind: 'problem' });
      else if (isHere(next)) await perform(direction, coderId, onApplied);
      else askToGo(direction, next, () => void project.attempt(() => goAndPerform(direction, coderId, next, onApplied)));
    });
  }

  function isHere({ step, videos }: NextStep): boolean {
    if (video.value === null) return isStudyStep(step) || videos.length === 0;
    return videos.every((id) => id === video.value?.id) && step.kind !== 'video.remove';
  }

  function askToGo(direction: Direction, { step, videos }: NextStep, go: () => void): void {
    const { t } = i18n.global;
    const names = videos.flatMap((id) => project.videos.find((each) => each.id === id)?.name ?? []);
    const more = names.length - MOST_NAMES;
    const list = names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` ${t('elsewhere.moreVideos', { n: more }, more)}` : '');
    const text =
      isStudyStep(step) || list === '' ? t('elsewhere.ofLibrary', { step: stepText(step) }) : t('elsewhere.ofVideo', { step: stepText(step), video: list });
    toasts.show(text, { kind: 'problem', action: { text: t(`elsewhere.there.${direction}`), perform: go } });
  }

  async function goAndPerform(direction: Direction, coderId: string, { step, videos }: NextStep, onApplied: (edit: AppliedEdit) => unknown): Promise<void> {
    const [first] = videos;
    if (isStudyStep(step) || first === undefined) review.close();
    else if (first !== video.value?.id) await review.open(first);
    await perform(direction, coderId, onApplied);
  }

  async function perform(direction: Direction, coderId: string, onApplied: (edit: AppliedEdit) => unknown): Promise<void> {
    const applied = await studio.edits[direction]({ coder: coderId });
    if (applied === null) return toasts.show(i18n.global.t(`coding.nothingTo.${direction}`), { kind: 'problem' });
    await onApplied(applied);
    if (video.value !== null) await review.showEdit(applied);
    toasts.show(i18n.global.t(`coding.applied.${direction}`, { step: stepText(applied.step) }));
  }

  return { apply };
});

/** Whether a step ends blind coding: that happens only by its switch, which asks first. */
export const endsBlind = (direction: Direction, { kind }: Step): boolean => kind === (direction === 'undo' ? 'blind.begin' : 'blind.end');
