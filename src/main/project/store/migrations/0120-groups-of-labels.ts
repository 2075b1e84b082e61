import type { Database } from 'better-sqlite3';

/** Groups of labels (positive, negative, other), for statistics. The labels of the seven classes get theirs; people can change them. */
export function up(database: Database): void {
  database.exec(`ALTER TABLE label ADD COLUMN grouping TEXT NOT NULL DEFAULT ''`);
  database.exec(`UPDATE label SET grouping = 'positive' WHERE id = 'seven-expressions/happiness'`);
  const negative = ['sadness', 'anger', 'disgust', 'fear'].map((name) => `'seven-expressions/${name}'`);
  database.exec(`UPDATE label SET grouping = 'negative' WHERE id IN (${negative.join(', ')})`);
  database.exec(`UPDATE label SET grouping = 'other' WHERE id = 'seven-expressions/surprise'`);
}
