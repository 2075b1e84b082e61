/** Makes docs/screenshots again: every screen at all sizes and in both colour schemes, from the end-to-end tests that check them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';

const [PICTURES, OUT] = ['test-results/pictures', 'docs/screenshots'];
const { status } = spawnSync('npx', ['playwright', 'test', 'screens', 'exchange'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const pictures = readdirSync(PICTURES).filter((name) => name.endsWith('.png'));
for (const name of pictures) {
  await sharp(join(PICTURES, name))
    .webp({ quality: 80 })
    .toFile(join(OUT, `${basename(name, '.png')}.webp`));
}
console.log(`${pictures.length} screenshots in ${OUT}`);
