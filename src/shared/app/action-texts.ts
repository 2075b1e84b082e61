import type { ActionId } from './actions.ts';

/** Languages of the window and of the desktop menu. */
export const LANGUAGES = ['en', 'de'] as const;
export type LanguageCode = (typeof LANGUAGES)[number];

/** Names of all actions, for the window's menus, shortcuts and command palette, and for the desktop menu. */
export const ACTION_TEXTS: Readonly<Record<LanguageCode, Readonly<Record<ActionId, string>>>> = {
  en: {
    'project.new': 'New project…',
    'project.open': 'Open project…',
    'library.addFolder': 'Add a folder of videos…',
    'library.addVideos': 'Add videos…',
    'import.open': 'Import labels…',
    'export.open': 'Export…',
    'results.open': 'Open results…',
    'backups.open': 'Restore a backup…',
    'edit.undo': 'Undo',
    'edit.redo': 'Redo',
    'settings.open': 'Settings…',
    'palette.open': 'Command palette…',
    'figures.open': 'Plots and agreement',
    'training.open': 'Fine-tune the model…',
    'help.keys': 'Keyboard shortcuts',
    'help.computer': 'Check this computer…',
    'help.about': 'About and privacy',
    play: 'Play or pause',
    'frame.next': 'Next frame',
    'frame.previous': 'Previous frame',
    'second.next': 'Forward one second',
    'second.previous': 'Back one second',
    'peak.next': 'Next peak',
    'peak.previous': 'Previous peak',
    'segment.next': 'Select my next label',
    'segment.previous': 'Select my previous label',
    'proposal.next': 'Next proposal to review',
    faster: 'Faster',
    slower: 'Slower',
    loop: 'Loop the selected label, or stop looping',
    'mark.in': 'Start a label here',
    'edge.start': 'Move the start of the selected label here',
    'edge.end': 'Move the end of the selected label here',
    accept: 'Accept the selected proposal',
    reject: 'Reject the selected proposal',
    split: 'Split at the playhead',
    merge: 'Merge with the next label',
    delete: 'Delete selection',
    'peak.add': 'Add a peak of the selected label here',
    'peak.here': 'Move the apex of the selected peak here',
    'labels.edit': 'Project labels…',
    'note.add': 'Add a note at the playhead',
    heat: 'Next mask on the face',
    blind: 'Blind mode',
    'zoom.in': 'Zoom in',
    'zoom.out': 'Zoom out',
    'zoom.selection': 'Zoom to selection',
    'zoom.all': 'Show the whole video',
    'library.back': 'Back to the library',
    cancel: 'Clear selection',
  },
  de: {
    'project.new': 'Neues Projekt…',
    'project.open': 'Projekt öffnen…',
    'library.addFolder': 'Ordner mit Videos hinzufügen…',
    'library.addVideos': 'Videos hinzufügen…',
    'import.open': 'Labels importieren…',
    'export.open': 'Exportieren…',
    'results.open': 'Ergebnisse öffnen…',
    'backups.open': 'Sicherung wiederherstellen…',
    'edit.undo': 'Rückgängig',
    'edit.redo': 'Wiederholen',
    'settings.open': 'Einstellungen…',
    'palette.open': 'Befehlspalette…',
    'figures.open': 'Diagramme und Übereinstimmung',
    'training.open': 'Modell nachtrainieren…',
    'help.keys': 'Tastenkürzel',
    'help.computer': 'Diesen Computer prüfen…',
    'help.about': 'Über das Programm und Datenschutz',
    play: 'Abspielen oder anhalten',
    'frame.next': 'Nächstes Bild',
    'frame.previous': 'Voriges Bild',
    'second.next': 'Eine Sekunde vor',
    'second.previous': 'Eine Sekunde zurück',
    'peak.next': 'Nächste Spitze',
    'peak.previous': 'Vorige Spitze',
    'segment.next': 'Mein nächstes Label auswählen',
    'segment.previous': 'Mein voriges Label auswählen',
    'proposal.next': 'Nächsten Vorschlag prüfen',
    faster: 'Schneller',
    slower: 'Langsamer',
    loop: 'Ausgewähltes Label wiederholen oder damit aufhören',
    'mark.in': 'Label hier beginnen',
    'edge.start': 'Anfang des ausgewählten Labels hierher',
    'edge.end': 'Ende des ausgewählten Labels hierher',
    accept: 'Ausgewählten Vorschlag annehmen',
    reject: 'Ausgewählten Vorschlag ablehnen',
    split: 'Beim Abspielkopf teilen',
    merge: 'Mit dem nächsten Label verbinden',
    delete: 'Auswahl löschen',
    'peak.add': 'Spitze des ausgewählten Labels hier hinzufügen',
    'peak.here': 'Scheitel der ausgewählten Spitze hierher',
    'labels.edit': 'Projektlabels…',
    'note.add': 'Notiz beim Abspielkopf hinzufügen',
    heat: 'Nächste Maske auf dem Gesicht',
    blind: 'Blindmodus',
    'zoom.in': 'Vergrößern',
    'zoom.out': 'Verkleinern',
    'zoom.selection': 'Auf die Auswahl zoomen',
    'zoom.all': 'Ganzes Video zeigen',
    'library.back': 'Zurück zur Bibliothek',
    cancel: 'Auswahl aufheben',
  },
};

interface MenuTexts {
  readonly menus: Readonly<Record<'file' | 'edit' | 'view' | 'window' | 'help', string>>;
  /** Menu items that the operating system handles. */
  readonly roles: Readonly<
    Record<
      'close' | 'quit' | 'cut' | 'copy' | 'paste' | 'selectAll' | 'resetZoom' | 'zoomIn' | 'zoomOut' | 'togglefullscreen' | 'minimize' | 'zoom' | 'front',
      string
    >
  >;
  /** File filters of the dialogs. */
  readonly files: Readonly<Record<'videos' | 'labels' | 'all', string>>;
}

/** The other texts of the desktop menu and of the file dialogs. */
export const MENU_TEXTS: Readonly<Record<LanguageCode, MenuTexts>> = {
  en: {
    menus: { file: 'File', edit: 'Edit', view: 'View', window: 'Window', help: 'Help' },
    roles: {
      ...{ close: 'Close window', quit: 'Quit', cut: 'Cut', copy: 'Copy', paste: 'Paste', selectAll: 'Select all' },
      ...{ resetZoom: 'Actual size', zoomIn: 'Zoom in', zoomOut: 'Zoom out', togglefullscreen: 'Full screen' },
      ...{ minimize: 'Minimize', zoom: 'Zoom', front: 'Bring all to front' },
    },
    files: { videos: 'Videos', labels: 'Labels', all: 'All files' },
  },
  de: {
    menus: { file: 'Datei', edit: 'Bearbeiten', view: 'Ansicht', window: 'Fenster', help: 'Hilfe' },
    roles: {
      ...{ close: 'Fenster schließen', quit: 'Beenden', cut: 'Ausschneiden', copy: 'Kopieren', paste: 'Einfügen', selectAll: 'Alles auswählen' },
      ...{ resetZoom: 'Originalgröße', zoomIn: 'Vergrößern', zoomOut: 'Verkleinern', togglefullscreen: 'Vollbild' },
      ...{ minimize: 'Minimieren', zoom: 'Zoomen', front: 'Alle nach vorne bringen' },
    },
    files: { videos: 'Videos', labels: 'Labels', all: 'Alle Dateien' },
  },
};
