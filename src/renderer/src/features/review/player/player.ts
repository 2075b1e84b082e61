import type VideoPlayer from './VideoPlayer.vue';

/** The mounted player, with what it exposes. */
export type Player = InstanceType<typeof VideoPlayer>;
