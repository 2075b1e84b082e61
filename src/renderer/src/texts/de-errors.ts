import type { ErrorId, ErrorText } from '../../../shared/app/error-texts.ts';

/** The English catalogue (ERROR_TEXTS) in German: the same ids, with the same parameters in braces. */
export const DE_ERRORS: Readonly<Record<ErrorId, ErrorText>> = {
  cancelled: { message: 'Die Arbeit wurde auf Wunsch angehalten.', remedy: 'Was fertig war, bleibt erhalten. Starten Sie die Arbeit erneut, um fortzufahren.' },
  'cancelled/sound': { message: 'Das Lesen des Tons wurde auf Wunsch angehalten.', remedy: '' },

  'file-missing': { message: '{path} gibt es nicht.', remedy: 'Prüfen Sie die Schreibweise, und setzen Sie einen Pfad mit Leerzeichen in Anführungszeichen.' },
  'file-missing/chosen': { message: '{path} gibt es nicht.', remedy: 'Wählen Sie die Datei erneut.' },
  'file-missing/moved': {
    message: '{file} ist nicht mehr da.',
    remedy: 'Prüfen Sie, ob die Datei verschoben oder umbenannt wurde und ob ihr Laufwerk verbunden ist.',
  },
  'file-missing/link': {
    message: '{file} verweist auf {target}. Das gibt es nicht.',
    remedy: 'Schließen Sie das Laufwerk oder die Freigabe an, zu der die Verknüpfung führt, oder entfernen Sie sie.',
  },
  'file-missing/video': {
    message: '{path} ist nicht mehr da.',
    remedy: 'Suchen Sie in der Bibliothek nach fehlenden Dateien. Das Programm findet ein verschobenes Video an seinem Inhalt.',
  },
  'file-missing/model': { message: 'Die Modelldatei {file} kann nicht gelesen werden.', remedy: 'Prüfen Sie die Schreibweise des Pfades.' },
  'file-missing/clip-set': {
    message: 'Den Clip-Satz {path} gibt es nicht.',
    remedy: 'Prüfen Sie die Schreibweise, und setzen Sie einen Pfad mit Leerzeichen in Anführungszeichen.',
  },
  'file-missing/portraits': {
    message: '{folder} enthält keine Porträts mit Umrissen.',
    remedy: 'Wählen Sie den Ordner, der london-neutral, canada oder composite enthält.',
  },

  'file-empty': {
    message: '{file} ist leer (0 Bytes).',
    remedy: 'Kopieren Sie die Datei erneut von ihrer Quelle. Vermutlich wurde das Kopieren unterbrochen.',
  },

  'file-unreadable': { message: '{file} kann nicht gelesen werden.', remedy: 'Prüfen Sie den Namen und ob Sie die Datei lesen dürfen.' },
  'file-unreadable/permission': {
    message: 'Dieses Benutzerkonto darf {file} nicht lesen.',
    remedy: 'Bitten Sie um die Berechtigung, oder kopieren Sie die Datei in einen eigenen Ordner.',
  },
  'file-unreadable/other': { message: '{file} kann nicht gelesen werden. ({detail})', remedy: 'Prüfen Sie die Datei und ihr Laufwerk.' },
  'file-unreadable/no-file': {
    message: '{file} ist keine Datei, sondern eine benannte Pipe, ein Socket oder ein Gerät.',
    remedy: 'Verschieben Sie sie aus dem Ordner der Videos.',
  },
  'file-unreadable/name': {
    message: 'Der Name von {file} enthält Zeichen, die nicht UTF-8 sind. Deshalb kann die Datei nicht geöffnet werden.',
    remedy: 'Benennen Sie die Datei oder den Ordner um.',
  },
  'file-unreadable/folder': { message: 'Dieses Benutzerkonto darf den Ordner {folder} nicht lesen.', remedy: 'Bitten Sie um die Berechtigung.' },
  'file-unreadable/not-opened': { message: 'Der Ordner {folder} kann nicht geöffnet werden.', remedy: 'Wählen Sie einen anderen Ordner.' },
  'file-missing/run': {
    message: '{file} kann nicht gelesen werden.',
    remedy: 'Nennen Sie den Ordner einer beendeten Analyse mit ihren Tabellen und run.json.',
  },
  'file-unreadable/result': { message: 'Das Ergebnis von {video} kann nicht mehr gelesen werden.', remedy: 'Analysieren Sie das Video erneut.' },
  'file-unreadable/cached-faces': {
    message: 'Die zwischengespeicherten Gesichter in {file} können nicht gelesen werden.',
    remedy: 'Löschen Sie den Ordner der Gesichter, und setzen Sie das Training fort.',
  },
  'file-unreadable/checkpoint': {
    message: 'Der Zwischenstand {file} ist nicht vollständig.',
    remedy: 'Löschen Sie ihn, und beginnen Sie das Training von vorn.',
  },
  'file-unreadable/face-model': {
    message: 'Das Gesichtsmodell in {folder} kann nicht gelesen werden. ({detail})',
    remedy: 'Wählen Sie eine Kopie des Repositoriums ICT-FaceKit oder einen Ordner mit ict-face-model.json und ict-face-model.bin.',
  },
  'file-unreadable/portrait': {
    message: 'Das Porträt {file} kann nicht verwendet werden.',
    remedy: 'Es braucht seinen Umriss aus 189 Punkten, in einer .json-Datei gleichen Namens im selben Ordner.',
  },

  'not-a-video': {
    message: '{file} ist kein Video oder ist von Anfang an beschädigt.',
    remedy: 'Öffnen Sie die Datei in einem Videoprogramm. Wenn auch das nicht geht, kopieren Sie sie erneut von ihrer Quelle.',
  },

  'not-a-video/format': {
    message: '{file} ist kein Video, sondern eine Wiedergabeliste, eine Liste anderer Dateien oder in einem Format, das dieses Programm nicht liest.',
    remedy: 'Wählen Sie das Video selbst, oder wandeln Sie es in H.264 (MP4) um.',
  },

  'no-video-stream': { message: '{file} enthält kein Bild.', remedy: 'Wählen Sie die Videodatei dieser Aufnahme.' },
  'no-video-stream/other-streams': {
    message: '{file} enthält kein Bild, nur Ton oder Daten.',
    remedy: 'Wählen Sie die Videodatei dieser Aufnahme.',
  },

  'damaged-video/cut-off': {
    message: '{file} ist abgeschnitten: das Ende fehlt.',
    remedy: 'Kopieren Sie die Datei erneut von der Kamera oder dem Rekorder. Ein Reparaturprogramm kann eine unterbrochene Aufnahme vielleicht retten.',
  },
  'damaged-video/missing-frames': {
    message: '{file} ist abgeschnitten: {found} von {expected} Bildern sind da.',
    remedy: 'Kopieren Sie die Datei erneut von der Kamera oder dem Rekorder.',
  },
  'damaged-video/no-frame': { message: '{file} enthält kein Bild, das gezeigt werden kann.', remedy: 'Kopieren Sie die Datei erneut von ihrer Quelle.' },
  'damaged-video/ends-early': {
    message: '{file} konnte nur bis {percent} % der Länge dekodiert werden.',
    remedy: 'Kopieren Sie die Datei erneut von ihrer Quelle.',
  },
  'damaged-video/frames': {
    message: '{percent} % der Bilder von {file} konnten nicht dekodiert werden.',
    remedy: 'Kopieren Sie die Datei erneut von ihrer Quelle.',
  },
  'damaged-video/timestamps': {
    message: 'Die Zeitstempel von {file} sind falsch: das Video würde länger als {days} Tage dauern.',
    remedy: 'Kopieren Sie die Datei erneut von ihrer Quelle, oder schreiben Sie ihre Zeitstempel neu: wandeln Sie sie mit einem anderen Programm in MP4 um.',
  },
  'damaged-video/proxy-count': {
    message: 'Die Kopie von {file} zum Abspielen hat {found} statt {expected} Bilder.',
    remedy: 'Wandeln Sie das Video mit einem anderen Programm in MP4 um, und fügen Sie diese Datei hinzu.',
  },
  'damaged-video/proxy-time': {
    message: 'Bild {frame} der Kopie von {file} zum Abspielen weicht um {milliseconds} ms ab.',
    remedy: 'Wandeln Sie das Video mit einem anderen Programm in MP4 um, und fügen Sie diese Datei hinzu.',
  },
  'damaged-video/new-count': {
    message: 'Das neue Video von {file} hat {found} statt {expected} Bilder.',
    remedy: 'Wandeln Sie das Video mit einem anderen Programm in MP4 um, fügen Sie diese Datei hinzu, und analysieren Sie sie.',
  },
  'damaged-video/new-time': {
    message: 'Bild {frame} des neuen Videos von {file} weicht um {milliseconds} ms ab.',
    remedy: 'Wandeln Sie das Video mit einem anderen Programm in MP4 um, fügen Sie diese Datei hinzu, und analysieren Sie sie.',
  },
  'damaged-video/other-frames': {
    message: '{file} hat andere Bilder als bei der Analyse. Die Gesichter können deshalb an anderen Stellen sein.',
    remedy: 'Analysieren Sie das Video erneut.',
  },

  'unsupported-codec': { message: 'ffmpeg kann das Videoformat von {file} nicht dekodieren.', remedy: 'Wandeln Sie die Datei in H.264 (MP4) um.' },

  'unsupported-codec/picture-size': {
    message: 'Die Bilder von {file} haben mehr als 67 Millionen Pixel (8192 × 8192).',
    remedy: 'Verkleinern Sie das Video mit einem anderen Programm, zum Beispiel auf 1920 × 1080 Pixel, und wählen Sie diese Datei.',
  },

  'program-missing/linux': {
    message: '{program} wurde nicht gefunden.',
    remedy: 'Installieren Sie es mit „sudo apt-get install ffmpeg“, oder setzen Sie {variable} auf den vollständigen Pfad von {program}.',
  },
  'program-missing/macos': {
    message: '{program} wurde nicht gefunden.',
    remedy: 'Installieren Sie es mit „brew install ffmpeg“, oder setzen Sie {variable} auf den vollständigen Pfad von {program}.',
  },
  'program-missing/windows': {
    message: '{program} wurde nicht gefunden.',
    remedy: 'Installieren Sie es mit „winget install ffmpeg“, oder setzen Sie {variable} auf den vollständigen Pfad von {program}.',
  },
  'program-missing/variable': {
    message: '{variable} ist auf {path} gesetzt. Das ist kein ausführbares Programm.',
    remedy: 'Berichtigen oder entfernen Sie die Variable.',
  },
  'program-missing/not-started': { message: '{program} in {path} konnte nicht gestartet werden. ({detail})', remedy: 'Installieren Sie {program} erneut.' },
  'program-missing/window-builder': {
    message: 'Das Fenster ist nicht gebaut, und das Programm zum Bauen fehlt.',
    remedy: 'Installieren Sie AdaTosk Studio erneut.',
  },

  'program-failed/unexpected': { message: 'Im Programm ist ein unerwarteter Fehler aufgetreten. ({detail})', remedy: '' },
  'program-failed/slurm': {
    message: 'Slurm hat den Auftrag nicht angenommen. ({detail})',
    remedy: 'Berichtigen Sie die Optionen, oder fragen Sie die Betreuung des Clusters.',
  },
  'program-failed/media': {
    message: '{program} konnte {file} nicht lesen. ({detail})',
    remedy: 'Öffnen Sie die Datei in einem Videoprogramm. Wenn auch das nicht geht, wandeln Sie sie in H.264 (MP4) um.',
  },
  'program-failed/media-silent': {
    message: '{program} konnte {file} nicht lesen und hat keinen Grund gemeldet.',
    remedy: 'Öffnen Sie die Datei in einem Videoprogramm. Wenn auch das nicht geht, wandeln Sie sie in H.264 (MP4) um.',
  },
  'program-failed/crashed': {
    message: '{program} ist beim Lesen von {file} abgestürzt.',
    remedy: 'Installieren Sie ein aktuelles ffmpeg, oder setzen Sie {variable} auf ein anderes {program}.',
  },
  'program-failed/no-resources': {
    message: '{program} konnte nicht gestartet werden, weil zu viele Dateien oder Programme offen sind. ({detail})',
    remedy: 'Schließen Sie andere Programme, oder analysieren Sie weniger Videos gleichzeitig, und versuchen Sie es erneut.',
  },
  'program-failed/standstill': {
    message: '{program} kam bei {file} {minutes} Minuten lang nicht voran und wurde beendet.',
    remedy: 'Prüfen Sie das Laufwerk der Datei. Wenn es in Ordnung ist, ist die Datei beschädigt: kopieren Sie sie erneut von ihrer Quelle.',
  },
  'program-failed/memory': {
    message: 'Der Arbeitsspeicher reichte nicht, um {file} zu dekodieren.',
    remedy: 'Schließen Sie andere Programme, und versuchen Sie es erneut.',
  },
  'program-failed/encode': {
    message: 'ffmpeg konnte {path} nicht schreiben. ({detail})',
    remedy: 'Wählen Sie einen anderen Ordner, oder installieren Sie ein aktuelles ffmpeg.',
  },
  'program-failed/window-build': {
    message: 'Das Fenster konnte nicht gebaut werden. ({detail})',
    remedy: 'Die ganze Ausgabe sehen Sie mit `npm run build`.',
  },

  'model-missing': { message: 'Ein Modell „{model}“ gibt es nicht.', remedy: 'Wählen Sie eines von diesen: {known}.' },
  'model-missing/folder': {
    message: 'Der Ordner der Modelle, {folder}, kann nicht gelesen werden.',
    remedy: 'Installieren Sie das Programm erneut, oder setzen Sie ADATOSK_MODELS auf den Ordner.',
  },
  'model-missing/file': { message: '{file} fehlt.', remedy: 'Installieren Sie das Programm erneut, oder importieren Sie das Modell erneut.' },
  'model-missing/detector': { message: 'Die Gesichtserkennung {file} kann nicht gelesen werden.', remedy: 'Installieren Sie das Programm erneut.' },
  'model-missing/not-here': { message: 'Dieser Computer hat kein Modell „{model}“.', remedy: 'Wählen Sie eines von diesen: {known}.' },
  'model-missing/other-hash': {
    message: 'Dieser Computer hat kein Modell „{model}“ mit dem SHA-256 {sha256}….',
    remedy: 'Wählen Sie eines von diesen: {known}.',
  },
  'model-missing/baseline': {
    message: 'Das Vergleichsnetz von {package} fehlt.',
    remedy: 'Es ist für die Entwicklung: npm install -D {package}.',
  },

  'model-invalid/not-loaded': {
    message: '{file} konnte auf {device} nicht geladen werden. ({detail})',
    remedy: 'Wählen Sie ein anderes Gerät, oder importieren Sie das Modell erneut.',
  },
  'model-invalid/manifest': { message: '{file} ist keine Modellbeschreibung. ({detail})', remedy: 'Importieren Sie das Modell erneut.' },
  'model-invalid/other-file': {
    message: '{file} ist nicht die Datei, die die Modellbeschreibung nennt (SHA-256 {found}…, erwartet {expected}…).',
    remedy: 'Importieren Sie das Modell erneut.',
  },
  'model-invalid/other-untrained': {
    message: '{file} ist nicht die Datei, die die Modellbeschreibung nennt (SHA-256 {found}…, erwartet {expected}…).',
    remedy: 'Löschen Sie die Datei. Das Programm legt sie beim nächsten Start neu an.',
  },
  'model-invalid/detector': {
    message: '{file} ist nicht die Gesichtserkennung, mit der diese Version getestet wurde (SHA-256 {found}…, erwartet {expected}…).',
    remedy: 'Installieren Sie das Programm erneut.',
  },
  'model-invalid/unreadable': {
    message: '{file} kann nicht als Modell gelesen werden. ({detail})',
    remedy: 'Laden Sie die Datei erneut herunter, oder speichern Sie sie erneut.',
  },
  'model-invalid/other-shapes': {
    message: '{file} ist kein AdaTosk-Netz irgendeiner Größe: die Gewichte haben andere Formen.',
    remedy: 'Namen und Formen stehen in docs/developer/network.md. Encoder von VideoMAE werden aus .safetensors, .pth, .pt und .bin importiert.',
  },
  'model-invalid/missing-weights': {
    message: '{file} ist kein AdaTosk-Netz irgendeiner Größe: {missing} von {total} Gewichten fehlen, zum Beispiel „{name}“.',
    remedy: 'Die Namen stehen in docs/developer/network.md. Encoder von VideoMAE werden aus .safetensors, .pth, .pt und .bin importiert.',
  },
  'model-invalid/no-tubes': {
    message: '{file} hat keine Einbettung von Videostücken (patch_embed.proj.weight), wie Encoder von VideoMAE sie haben.',
    remedy: 'Nur Encoder nach Art von VideoMAE können importiert werden.',
  },
  'model-invalid/width': {
    message: 'Die Token von {file} haben {width} Werte. Die Netze dieses Programms haben {known}.',
    remedy: 'Wählen Sie eine andere Datei.',
  },
  'model-invalid/mae-dfer': {
    message:
      'Aus {file} wurde nichts importiert: es ist ein Encoder von MAE-DFER (LGI-Former) mit {blocks} Blöcken und Token von {width} Werten. {own} seiner {total} Tensoren gehören zur Aufmerksamkeit in Regionen und über Regionstoken, die die Netze dieses Programms nicht haben. Die Einbettung der Videostücke und die MLPs der Blöcke haben Entsprechungen, aber Token von anderer Breite: {known}.',
    remedy: 'Importieren Sie einen Encoder von VideoMAE (ViT-S oder ViT-B), auch einen, der mit dem Code von MAE-DFER trainiert wurde.',
  },
  'model-invalid/other-tubes': {
    message:
      'Aus {file} wurde nichts importiert: der Kern der Einbettung von Videostücken ist {found}, die Netze dieses Programms haben {expected} (Kanäle, Bilder, Zeilen, Spalten).',
    remedy: 'Nur Encoder nach Art von VideoMAE können importiert werden. Encoder für Bilder haben keine Videostücke.',
  },
  'model-invalid/other-blocks': {
    message:
      'Aus {file} wurde nichts importiert: {count} Gewicht des Encoders hat im Netz dieses Programms keinen Platz. {problems} | Aus {file} wurde nichts importiert: {count} Gewichte des Encoders haben im Netz dieses Programms keinen Platz. {problems}',
    remedy: 'Nur Encoder nach Art von VideoMAE können importiert werden.',
  },
  'model-invalid/incomplete-encoder': {
    message:
      'Aus {file} wurde nichts importiert: {count} Gewicht eines Encoders der Größe {size} fehlt, „{name}“. | Aus {file} wurde nichts importiert: {count} Gewichte eines Encoders der Größe {size} fehlen, zum Beispiel „{name}“.',
    remedy: 'Speichern Sie den ganzen Encoder erneut, oder wählen Sie eine andere Datei.',
  },
  'model-invalid/refused-name': {
    message:
      '{file} wurde nicht gelesen: außer Gewichten nennt die Datei {name}. PyTorch würde ausführen, was eine Datei nennt; dieses Programm tut das nicht.',
    remedy:
      "Verwenden Sie die Gewichte als .safetensors. Wenn Sie der Quelle der Datei vertrauen, speichern Sie in PyTorch nur die Gewichte: torch.save(torch.load('old.pth', map_location='cpu', weights_only=False)['model'], 'new.pth'). Löschen Sie die Datei sonst.",
  },
  'model-invalid/old-checkpoint': {
    message: '{file} wurde in dem Format gespeichert, das PyTorch vor Version 1.6 hatte. Dieses Programm liest es nicht.',
    remedy:
      "Wenn Sie der Quelle der Datei vertrauen, speichern Sie sie in PyTorch erneut: torch.save(torch.load('old.pth', map_location='cpu', weights_only=False), 'new.pth').",
  },
  'model-invalid/script': {
    message: '{file} ist ein Programm für TorchScript. Dieses Programm liest nur Gewichte.',
    remedy:
      "Wenn Sie der Quelle der Datei vertrauen, speichern Sie die Gewichte in PyTorch: torch.save(torch.jit.load('old.pt', map_location='cpu').state_dict(), 'new.pth').",
  },

  'provider-unavailable': {
    message: 'Das Gerät {device} kann nicht verwendet werden. {reason}',
    remedy: 'Wählen Sie „auto“ oder „cpu“ als Gerät. Die Prüfung dieses Computers (adatosk doctor) zeigt, welche Geräte es gibt.',
  },

  'engine-died/network': {
    message: 'Der Prozess, der das Netz ausführt, wurde beendet. ({detail})',
    remedy: 'Versuchen Sie es auf dem Prozessor (cpu) erneut. Wenn es wieder geschieht, liegt es wahrscheinlich am Grafiktreiber oder am Arbeitsspeicher.',
  },
  'engine-died/training': {
    message: 'Der Prozess des Trainings wurde beendet. ({detail})',
    remedy:
      'Setzen Sie das Training fort: es wurde gespeichert. Wenn es wieder geschieht, fehlt wahrscheinlich Arbeitsspeicher. Schließen Sie andere Programme, oder verwenden Sie kleinere Stapel.',
  },
  'engine-died/attempts': {
    message: 'Die Analyse von {file} wurde {attempts}-mal beendet, bevor sie fertig war, und wird nicht von selbst wiederholt.',
    remedy: 'Analysieren Sie weniger Videos gleichzeitig, und versuchen Sie es dann erneut. Wenn es wieder geschieht, wandeln Sie das Video in H.264 (MP4) um.',
  },
  'engine-died/queue': {
    message: 'Der Prozess, der Videos analysiert, wurde beendet. ({detail})',
    remedy:
      'Starten Sie die Warteschlange erneut. Sie fährt mit dem Video fort, das analysiert wurde. Wenn es wieder geschieht, analysieren Sie weniger Videos gleichzeitig.',
  },

  'cannot-write': { message: '{path} konnte nicht geschrieben werden. ({detail})', remedy: 'Wählen Sie einen anderen Ordner.' },
  'cannot-write/permission': {
    message: 'Dieses Benutzerkonto darf {path} nicht schreiben.',
    remedy: 'Wählen Sie einen eigenen Ordner, zum Beispiel in „Dokumente“.',
  },
  'cannot-write/project': {
    message: 'Das Projekt {file} kann nicht geschrieben werden.',
    remedy: 'Prüfen Sie, ob der Ordner schreibgeschützt ist, oder kopieren Sie das Projekt in einen eigenen Ordner.',
  },
  'cannot-write/disk': {
    message: 'Der Datenträger von {file} hat einen Fehler gemeldet.',
    remedy: 'Prüfen Sie das Laufwerk oder die Verbindung dazu. Was vorher gespeichert wurde, ist sicher.',
  },
  'cannot-write/backup': {
    message: 'Die Sicherung {file} konnte nicht überprüft werden.',
    remedy: 'Prüfen Sie den Datenträger. Das Projekt selbst wurde nicht verändert.',
  },
  'cannot-write/restored': {
    message: 'Die Kopie der Sicherung {file} konnte nicht überprüft werden.',
    remedy: 'Prüfen Sie den Datenträger. Das Projekt selbst wurde nicht verändert.',
  },
  'cannot-write/daily-backup': { message: 'Die heutige Sicherung konnte nicht angelegt werden. {problem}', remedy: '' },

  'disk-full': {
    message: 'Der Datenträger ist voll: {path} konnte nicht geschrieben werden.',
    remedy: 'Schaffen Sie Platz, oder wählen Sie einen anderen Ordner, und fahren Sie dann fort. Was fertig war, bleibt erhalten.',
  },

  'training-diverged': {
    message: 'Das Training ist divergiert: ein Gradient ist keine endliche Zahl mehr.',
    remedy: 'Trainieren Sie erneut mit einer kleineren Lernrate, oder prüfen Sie zuerst die Labels.',
  },

  'data-set-invalid/rows': { message: '{set} kann nicht verwendet werden. {problems}', remedy: 'Berichtigen oder entfernen Sie diese Zeilen.' },
  'data-set-invalid/videos': {
    message: '{set} kann nicht verwendet werden. {problems}',
    remedy: 'Entfernen Sie diese Zeilen aus dem Satz, oder berichtigen Sie ihre Zeiten.',
  },
  'data-set-invalid/split-leak': {
    message: '{set} kann nicht verwendet werden. {problems}',
    remedy: 'Legen Sie alle Clips einer Person in denselben Teil. Bei einer Person, die im Training vorkam, wirkt ein Modell besser, als es ist.',
  },
  'data-set-invalid/held-leak': {
    message: '{set} kann nicht verwendet werden. {problems}',
    remedy: 'Legen Sie alle Clips einer Person in denselben Teil.',
  },
  'data-set-invalid/one-class': {
    message: '{set} kann nicht verwendet werden. {problems}',
    remedy: 'Fügen Sie Clips mindestens einer anderen Klasse hinzu.',
  },
  'data-set-invalid/empty': { message: '{path} nennt keinen Clip.', remedy: 'Fügen Sie mindestens einen Clip hinzu.' },
  'data-set-invalid/not-a-table': { message: '{path} ist keine Tabelle.', remedy: 'Wählen Sie eine .csv-Datei oder einen Ordner.' },
  'data-set-invalid/csv': { message: '{file} ist kein gültiges CSV. ({detail})', remedy: 'Speichern Sie die Datei erneut als CSV (UTF-8).' },
  'data-set-invalid/not-participants': {
    message: '{file} hat in der ersten Zeile keine Spalte «video» oder «participant».',
    remedy: 'Nennen Sie die Spalten video, face_id, participant, session, condition.',
  },
  'data-set-invalid/not-trials': {
    message: '{file} hat keine Spalte mit dem Anfang eines Durchgangs.',
    remedy: 'Nennen Sie die Spalten video, start_s, end_s, trial, type, item, condition, oder geben Sie an, welche Spalten das sind.',
  },
  'data-set-invalid/trials': { message: '{file} kann nicht verwendet werden. {problems}', remedy: 'Korrigieren Sie diese Zeilen. Nichts wurde geändert.' },
  'data-set-invalid/signals': {
    message: '{file} kann nicht verwendet werden. {problems}',
    remedy: 'Korrigieren Sie die Datei oder den Befehl. Nichts wurde geändert.',
  },
  'data-set-invalid/no-series': {
    message: '{file} hat keine Zeitreihen: keine Spalte mit Zahlen oder keine Zeilen.',
    remedy: 'Wählen Sie eine Tabelle mit einer Spalte für die Zeiten und einer Spalte für jedes Signal.',
  },
  'data-set-invalid/state-log': {
    message: '{file} ist ein Zustandsprotokoll von FaceReader, das keine Messreihen hat.',
    remedy: 'Wählen Sie das ausführliche Protokoll (detailed log).',
  },
  'data-set-invalid/participants': {
    message: '{file} kann nicht verwendet werden. {problems}',
    remedy: 'Korrigieren Sie diese Zeilen. Nichts wurde geändert.',
  },
  'data-set-invalid/faces': {
    message: '{file} kann nicht verwendet werden. {problems}',
    remedy: 'Korrigieren Sie diese Zeilen. Nichts wurde geändert.',
  },
  'data-set-invalid/not-faces': {
    message: '{file} hat in der ersten Zeile keine Spalte «to_face».',
    remedy: 'Nennen Sie die Spalten video, face_id, start_s, end_s, to_face.',
  },
  'data-set-invalid/faces-request': { message: '{problems}', remedy: 'Nichts wurde geändert.' },
  'data-set-invalid/same-column': { message: '{file} hat zwei Spalten mit dem Namen «{column}».', remedy: 'Benennen Sie eine davon um, oder löschen Sie sie.' },
  'data-set-invalid/too-large': {
    message: 'Die Gesichter dieses Satzes brauchen {size} GB, aber nur {limit} GB sind erlaubt.',
    remedy: 'Erlauben Sie mehr Platz dafür, oder verwenden Sie einen kleineren Satz.',
  },
  'data-set-invalid/face-set': {
    message: '{file} ist kein lesbarer Satz von Gesichtern.',
    remedy: 'Legen Sie ihn mit adatosk synthesize neu an.',
  },
  'data-set-invalid/unpacked-size': {
    message: '{file} ist entpackt größer als {megabytes} MB.',
    remedy: 'Wählen Sie eine Datei mit weniger Beobachtungen.',
  },
  'data-set-invalid/public-set': {
    message: '{set} wurde erkannt, aber in {folder} ist kein Video.',
    remedy: 'Legen Sie die Videos des Satzes dorthin. Ordner mit Bildern müssen zuerst zu Videos werden: docs/user/fine-tuning.md sagt, wie.',
  },
  'data-set-invalid/public-set-rows': {
    message: '{set} hat {rows} Clips in seinen Listen; {missing} haben kein Video und {unknown} haben eine unbekannte Klasse. Der erste: {from}.',
    remedy: 'Prüfen Sie, ob alle Teile des Satzes entpackt sind.',
  },
  'data-set-invalid/crop-size': {
    message: 'Die Gesichter in {folder} haben {side} Pixel bei {rate} Hz, dieses Modell liest aber {wantedSide} Pixel bei {wantedRate} Hz.',
    remedy: 'Legen Sie den Satz in dieser Größe neu an.',
  },
  'data-set-invalid/batch': {
    message: 'Clips für das Training konnten nicht gelesen werden. ({detail})',
    remedy: 'Prüfen Sie den Satz, und beginnen Sie das Training erneut.',
  },
  'data-set-invalid/no-labelled-clip': {
    message: '{data} hat keinen gelabelten Clip im Teil „{split}“.',
    remedy: 'Wählen Sie einen anderen Teil.',
  },
  'data-set-invalid/no-clip': { message: 'Es konnte kein Clip erzeugt werden. {notes}', remedy: 'Wählen Sie andere Labels.' },
  'data-set-invalid/not-placed': {
    message: 'Es wurde nichts importiert, weil sich einige Labels nicht zuordnen lassen. {problems}',
    remedy: 'Berichtigen Sie die Datei, oder importieren Sie nur die übrigen Labels.',
  },
  'data-set-invalid/not-boris': { message: '{file} ist kein Projekt von BORIS.', remedy: 'Speichern Sie es in BORIS erneut.' },
  'data-set-invalid/not-xml': { message: '{file} ist kein XML. ({detail})', remedy: 'Speichern Sie die Datei in ELAN erneut.' },
  'data-set-invalid/not-eaf': { message: '{file} ist keine Datei von ELAN.', remedy: 'Wählen Sie eine .eaf-Datei.' },
  'data-set-invalid/not-label-studio': {
    message: '{file} ist kein Export von Label Studio (JSON).',
    remedy: 'Exportieren Sie erneut als JSON.',
  },
  'data-set-invalid/not-textgrid': { message: '{file} ist kein TextGrid.', remedy: 'Speichern Sie die Datei in Praat als Textdatei.' },
  'data-set-invalid/textgrid-binary': {
    message: '{file} ist eine Binärdatei von Praat.',
    remedy: 'Öffnen Sie die Datei in Praat und speichern Sie sie als Textdatei.',
  },
  'data-set-invalid/textgrid-cut-off': { message: '{file} ist abgeschnitten.', remedy: 'Speichern Sie die Datei in Praat erneut.' },
  'data-set-invalid/textgrid-comma': {
    message: '{file} enthält die Zahl {number} mit Dezimalkomma. Praat liest nur Dezimalpunkte.',
    remedy: 'Ersetzen Sie die Dezimalkommas in der Datei, oder speichern Sie sie in Praat erneut.',
  },
  'data-set-invalid/not-labels': {
    message: '{file} ist keine Tabelle mit Labels: Ihr fehlen die Spalten {columns}.',
    remedy: 'Nennen Sie die Spalten in der ersten Zeile.',
  },
  'data-set-invalid/not-gzip': {
    message: '{file} kann nicht entpackt werden.',
    remedy: 'Speichern Sie die Datei erneut, oder entpacken Sie sie mit einem anderen Programm.',
  },

  'project-missing': { message: 'In {folder} ist kein Projekt.', remedy: 'Wählen Sie einen anderen Ordner, oder legen Sie dort ein neues Projekt an.' },

  'project-missing/while-open': {
    message: 'Die Projektdatei {file} wurde gelöscht, verschoben oder ersetzt, während sie offen war. Die letzte Änderung wurde nicht gespeichert.',
    remedy: 'Legen Sie die Datei an ihren Ort zurück, und öffnen Sie das Projekt dann erneut. Der Ordner ihrer Sicherungen ist vielleicht noch da.',
  },

  'project-damaged': { message: 'Die Projektdatei {file} ist beschädigt.', remedy: 'Stellen Sie eine Sicherung wieder her.' },
  'project-damaged/check': { message: 'Die Projektdatei {file} ist beschädigt. ({detail})', remedy: 'Stellen Sie eine Sicherung wieder her.' },
  'project-damaged/pages': {
    message:
      'Die Projektdatei {file} hat sich auf dem Datenträger ohne dieses Programm verändert: {damaged} ihrer {pages} Seiten sind nicht, was geschrieben wurde.',
    remedy: 'Stellen Sie eine Sicherung wieder her. So verändern sich Dateien oft, wenn ein Datenträger oder ein Cloud-Ordner versagt: Prüfen Sie auch ihn.',
  },
  'project-damaged/copy': {
    message: '{file} ist beschädigt oder kein Projekt.',
    remedy: 'Lassen Sie sich die Kopie noch einmal geben. Nichts wurde geändert.',
  },
  'project-damaged/no-backup': {
    message: 'Das Projekt {file} ist beschädigt und hat keine Sicherung, die sich öffnen lässt.',
    remedy: 'Verändern Sie den Ordner nicht, und bitten Sie um Hilfe, um das Projekt zu retten.',
  },

  'project-newer': {
    message: '{file} stammt von einer neueren Version von AdaTosk Studio.',
    remedy: 'Installieren Sie die neuere Version. Es wurde nichts verändert.',
  },
  'project-newer/export': {
    message: 'Dieser Export stammt von einer neueren Version von AdaTosk Studio.',
    remedy: 'Installieren Sie die neuere Version. Es wurde nichts verändert.',
  },

  'project-sound': {
    message: 'Die Projektdatei {file} ist nicht beschädigt.',
    remedy: 'Nennen Sie eine Sicherung, um zu einem früheren Stand des Projekts zurückzukehren.',
  },

  'project-unsafe': {
    message: 'Die Projektdatei {file} enthält SQL, das AdaTosk Studio nicht schreibt. ({detail})',
    remedy:
      'Verwenden Sie diese Datei nicht. Bitten Sie die Person, von der sie stammt, um einen Export des Projekts (Exportieren, JSON), und importieren Sie diesen.',
  },

  'project-exists': { message: 'In {folder} ist schon ein Projekt.', remedy: 'Wählen Sie einen leeren Ordner. Es wurde nichts verändert.' },

  'backup-unusable': {
    message: '{file} ist keine Sicherung, die sich öffnen lässt.',
    remedy: 'Wählen Sie eine andere Sicherung dieses Projekts.',
  },

  'project-busy': {
    message: 'Ein anderes Programm schreibt gerade in das Projekt {file}.',
    remedy: 'Warten Sie, bis es fertig ist, und versuchen Sie es dann erneut.',
  },
  'project-busy/restoring': {
    message: 'Ein anderes Programm stellt gerade eine Sicherung des Projekts in {folder} wieder her.',
    remedy: 'Warten Sie, bis es fertig ist, und versuchen Sie es dann erneut.',
  },
  'project-busy/open': {
    message: 'Das Projekt {file} ist in einem anderen Programm geöffnet.',
    remedy: 'Schließen Sie es dort, und stellen Sie dann die Sicherung wieder her.',
  },

  'not-a-project': { message: '{file} ist kein Projekt von AdaTosk Studio.', remedy: 'Wählen Sie einen anderen Ordner.' },
  'not-a-project/empty': { message: 'Die Datei ist leer.', remedy: 'Wählen Sie eine Datei, die AdaTosk Studio exportiert hat.' },
  'not-a-project/line': {
    message: 'Zeile {line} der Datei gehört nicht zu einem exportierten Projekt.',
    remedy: 'Wählen Sie eine Datei, die AdaTosk Studio exportiert hat. Es wurde nichts verändert.',
  },

  'store-unsafe/sqlite': {
    message: 'SQLite {version} kann Projekte beschädigen.',
    remedy: 'Installieren Sie AdaTosk Studio erneut. Es enthält SQLite {oldest} oder neuer.',
  },
  'store-unsafe/journal': { message: 'SQLite speichert {file} nicht sicher. ({detail})', remedy: 'Installieren Sie AdaTosk Studio erneut.' },

  'edit-stale/deleted': {
    message: 'Was Sie geändert haben, wurde in einem anderen Fenster gelöscht. ({detail})',
    remedy: 'Jetzt wird der aktuelle Stand gezeigt. Sehen Sie ihn an, und versuchen Sie es erneut.',
  },
  'edit-stale/changed': {
    message: 'Was Sie geändert haben, wurde auch in einem anderen Fenster geändert; Ihre Änderung wurde nicht gespeichert. ({detail})',
    remedy: 'Jetzt wird der aktuelle Stand gezeigt. Sehen Sie ihn an, und versuchen Sie es erneut.',
  },
  'edit-stale/layer': { message: 'Diese Ebene gibt es nicht mehr.', remedy: 'Öffnen Sie das Video erneut.' },

  'edit-conflict/undo': {
    message: 'Dieser Schritt lässt sich nicht rückgängig machen, weil sein Ergebnis später geändert wurde. ({detail})',
    remedy: 'Sehen Sie den aktuellen Stand an, und ändern Sie ihn bei Bedarf von Hand.',
  },
  'edit-conflict/redo': {
    message: 'Dieser Schritt lässt sich nicht wiederholen, weil das, was er ändert, später geändert wurde. ({detail})',
    remedy: 'Sehen Sie den aktuellen Stand an, und ändern Sie ihn bei Bedarf von Hand.',
  },

  'edit-invalid/same-id': { message: 'Es gibt schon einen Eintrag mit dieser Kennung. ({detail})', remedy: 'Versuchen Sie es erneut.' },
  'edit-invalid/not-deletable': {
    message: 'Einträge dieser Art lassen sich nicht löschen. ({detail})',
    remedy: 'Daten, die zu dem Eintrag gehören, gingen verloren und ließen sich nicht wiederherstellen.',
  },
  'edit-invalid/still-used': {
    message: 'Dieser Eintrag lässt sich nicht löschen, weil andere zu ihm gehören. ({detail})',
    remedy: 'Löschen oder verschieben Sie diese im selben Schritt.',
  },
  'edit-invalid/duplicate': {
    message: 'Das wurde nicht gespeichert, weil es das schon gibt. ({detail})',
    remedy: 'Wählen Sie einen anderen Namen.',
  },
  'edit-invalid/reference': {
    message: 'Das wurde nicht gespeichert, weil etwas anderes es noch verwendet oder weil es das, wozu es gehört, nicht mehr gibt. ({detail})',
    remedy: 'Sehen Sie den aktuellen Stand an, und versuchen Sie es erneut.',
  },
  'edit-invalid/trial-outside': {
    message: 'Der Durchgang «{trial}» wurde nicht gespeichert, weil er nicht in {video} liegt, das bei {last} s endet.',
    remedy: 'Prüfen Sie Anfang und Ende.',
  },
  'edit-invalid/trial-overlap': {
    message: 'Der Durchgang «{trial}» wurde nicht gespeichert, weil er sich mit «{other}» derselben Art «{type}» überschneidet ({start} bis {end} s).',
    remedy: 'Ändern Sie die Zeiten, oder geben Sie ihm eine andere Art.',
  },
  'edit-invalid/trial-name': {
    message: 'Der Durchgang «{trial}» wurde nicht gespeichert, weil dieses Video schon einen der Art «{type}» mit diesem Namen hat.',
    remedy: 'Wählen Sie einen anderen Namen.',
  },
  'edit-invalid/face-unknown': { message: '{video} hat kein Gesicht {face}.', remedy: 'Wählen Sie eines seiner Gesichter: {known}.' },
  'edit-invalid/same-face': { message: 'Gesicht {face} kann nicht mit sich selbst vereint werden.', remedy: 'Wählen Sie ein anderes Gesicht.' },
  'edit-invalid/faces-together': {
    message: 'Gesicht {face} und Gesicht {other} sind zwei Personen: Beide sind in {video} gleichzeitig zu sehen, zuerst bei {at} s.',
    remedy: 'Wenn eines davon von einer Person auf eine andere übergeht, teilen Sie es zuerst an dieser Stelle.',
  },
  'edit-invalid/two-people': {
    message: 'Gesicht {face} und Gesicht {other} gehören verschiedenen Personen.',
    remedy: 'Wenn sie eine Person sind, ordnen Sie beiden zuerst dieselbe Person zu.',
  },
  'edit-invalid/split-outside': {
    message: 'Gesicht {face} in {video} kann bei {at} s nicht geteilt werden: Es ist nicht davor und danach zu sehen.',
    remedy: 'Gehen Sie zu der Stelle, an der das Gesicht auf eine andere Person übergeht.',
  },
  'edit-invalid/times': {
    message: 'Das wurde nicht gespeichert, weil die Zeiten nicht in der richtigen Reihenfolge sind. ({detail})',
    remedy: 'Prüfen Sie die Zeiten.',
  },
  'edit-invalid/constraint': { message: 'Das wurde nicht gespeichert. ({detail})', remedy: 'Prüfen Sie Zeiten und Namen.' },

  'layer-protected/model': {
    message: 'Vorschläge eines Modells lassen sich nicht ändern.',
    remedy: 'Nehmen Sie den Vorschlag in Ihre eigene Ebene an, und ändern Sie ihn dort.',
  },
  'layer-protected/coder': {
    message: 'Labels einer anderen kodierenden Person lassen sich nicht ändern.',
    remedy: 'Setzen Sie das Label in Ihrer eigenen Ebene, und ändern Sie es dort.',
  },

  'video-unknown': {
    message: 'Dieses Video ist nicht in der Bibliothek.',
    remedy: 'Öffnen Sie die Bibliothek erneut. Vielleicht ist jetzt ein anderes Projekt geöffnet.',
  },
  'video-unknown/name': {
    message: 'Kein Video der Bibliothek heißt {name}.',
    remedy: 'Wählen Sie das Video nach seinem Namen in der Bibliothek.',
  },
  'video-unknown/ambiguous': {
    message: 'Mehrere Videos der Bibliothek heißen {name}.',
    remedy: 'Wählen Sie das Video nach seinem Namen in der Bibliothek.',
  },

  'no-project': { message: 'Es ist kein Projekt geöffnet.', remedy: 'Öffnen Sie ein Projekt, oder legen Sie ein neues an.' },

  'wrong-usage/relative-path': { message: '{path} ist kein vollständiger Pfad.', remedy: 'Geben Sie den Pfad vom Anfang des Laufwerks an.' },
  'wrong-usage/port': { message: 'Port {port} kann nicht verwendet werden. ({detail})', remedy: 'Wählen Sie einen anderen Port.' },
  'wrong-usage/no-video': {
    message: 'In {paths} wurde kein Video gefunden.',
    remedy: 'Nennen Sie einen Ordner mit Videos (mp4, mov, mkv, avi …) oder die Dateien selbst.',
  },
  'wrong-usage/no-video-chosen': {
    message: 'Unter den gewählten Dateien ist kein Video.',
    remedy: 'Wählen Sie Videos oder Ordner, die Videos enthalten.',
  },
  'wrong-usage/parallel-videos': {
    message: 'Gleichzeitig können 1 bis 64 Videos analysiert werden.',
    remedy: 'Wählen Sie eine Zahl von 1 bis 64.',
  },
  'wrong-usage/model-exists': {
    message: '{folder} enthält schon ein Modell; es wurde nichts verändert.',
    remedy: 'Wählen Sie einen anderen Namen oder einen anderen Ordner.',
  },
  'wrong-usage/model-format': {
    message: '{file} ist keine Datei, aus der ein Modell importiert werden kann.',
    remedy: 'Wählen Sie eine Datei, die auf .onnx, .safetensors, .pth, .pt oder .bin endet.',
  },
  'wrong-usage/model-name': {
    message: 'Es gibt schon ein Modell mit dem Namen {name}.',
    remedy: 'Geben Sie dem neuen Modell einen anderen Namen.',
  },
  'wrong-usage/file-exists': { message: '{path} gibt es schon; die Datei wurde nicht verändert.', remedy: 'Wählen Sie einen anderen Namen.' },
  'wrong-usage/new-file-exists': { message: '{path} gibt es schon; die Datei wurde nicht verändert.', remedy: 'Wählen Sie einen leeren Ordner.' },
  'wrong-usage/not-analysed': {
    message: 'Keines dieser Videos wurde analysiert. Deshalb ist nicht bekannt, wo Gesichter sind: {videos}.',
    remedy: 'Analysieren Sie sie zuerst.',
  },
  'wrong-usage/folder-not-empty': { message: '{folder} ist nicht leer; es wurde nichts verändert.', remedy: 'Wählen Sie einen leeren Ordner.' },
  'data-set-invalid/run': {
    message: '{file} beschreibt keinen Lauf, der wiederholt werden kann. ({detail})',
    remedy: 'Nennen Sie run.json einer Analyse durch die Befehlszeile dieser oder einer neueren Version.',
  },
  'wrong-usage/config-with-option': {
    message: 'Ein wiederholter Lauf hat die Optionen seiner Datei: {option} kann nicht geändert werden.',
    remedy: 'Lassen Sie die Option weg, oder beginnen Sie eine neue Analyse.',
  },
  'model-invalid/other-than-run': {
    message: 'Das Modell {model} ist nicht das des Laufs (SHA-256 {found}…, erwartet {expected}…).',
    remedy: 'Installieren Sie die Version des Programms oder das Modell des Laufs.',
  },
  'wrong-usage/paths-or-list': { message: 'Die Videos werden entweder durch Pfade oder durch eine Liste angegeben.', remedy: 'Geben Sie eines von beiden an.' },
  'wrong-usage/shard-with-project': {
    message: 'Ein Teil der Videos kann nicht in einem Projekt gespeichert werden: Mehrere Programme würden zugleich hineinschreiben.',
    remedy: 'Lassen Sie das Projekt weg, und nennen Sie es, wenn Sie die Teile zusammenführen.',
  },
  'wrong-usage/line-break': {
    message: 'Der Pfad von {path} enthält einen Zeilenumbruch und kann nicht in einer Liste stehen.',
    remedy: 'Benennen Sie die Datei oder den Ordner um.',
  },
  'wrong-usage/no-parts': {
    message: '{folder} enthält keine Teile einer Analyse.',
    remedy: 'Wählen Sie den Ordner, in den die Analyse schreibt.',
  },
  'wrong-usage/lists-differ': {
    message: 'Die Teilläufe {shards} in {folder} haben verschiedene Videos aufgelistet: Zwischen ihren Starts kam ein Video hinzu oder wurde entfernt.',
    remedy: 'Listen Sie die Videos einmal in einer Datei auf, und analysieren Sie diese Liste.',
  },
  'wrong-usage/parts-differ': {
    message: 'Die Teilläufe {shards} in {folder} haben ein anderes Modell oder andere Optionen als die übrigen.',
    remedy: 'Starten Sie sie erneut, mit demselben Modell und denselben Optionen.',
  },
  'wrong-usage/part-differs': {
    message: 'Das gespeicherte Ergebnis von {video} hat andere Optionen als die übrigen.',
    remedy: 'Analysieren Sie dieses Video erneut mit denselben Optionen.',
  },
  'wrong-usage/other-contents': {
    message: '{folder} enthält andere Dateien ({names}); es wurde nichts verändert.',
    remedy: 'Wählen Sie einen leeren Ordner.',
  },
  'wrong-usage/unfinished-training': {
    message: '{folder} enthält ein Training, das nicht fertig ist; es wurde nichts verändert.',
    remedy: 'Setzen Sie dieses Training fort, oder wählen Sie einen anderen Ordner.',
  },
  'wrong-usage/other-training': {
    message: '{file} gehört zu anderen Daten oder Einstellungen.',
    remedy: 'Fahren Sie mit denselben Daten und Einstellungen wie vorher fort, oder trainieren Sie in einen anderen Ordner.',
  },
  'wrong-usage/no-units': {
    message: 'Action Units kann nur ein vorhandenes Modell lernen, aus einem Satz, der sie hat; {data} oder dem Modell fehlt das.',
    remedy: 'Wählen Sie ein erstes Modell und einen Satz ausgerichteter Gesichter mit Action Units.',
  },
  'wrong-usage/fold': {
    message: '{set} hat keine Falte {fold}.',
    remedy: 'Wählen Sie eine Falte von 1 bis {folds}.',
  },
  'wrong-usage/no-folds': {
    message: '{path} hat keine Falten.',
    remedy: 'Lassen Sie die Falte weg. Andere Sätze als DFEW, MAFW, RAVDESS und CREMA-D werden nach ihrer Spalte split geteilt.',
  },
  'wrong-usage/no-rounds': {
    message: 'Nur der Kopf wird trainiert, und für ihn bleibt kein Durchgang.',
    remedy: 'Wählen Sie mindestens einen Durchgang Nachtraining, oder trainieren Sie alle Gewichte.',
  },
  'wrong-usage/fine-tuning-running': {
    message: 'Ein Nachtraining ist noch nicht abgeschlossen.',
    remedy: 'Behalten oder verwerfen Sie zuerst dessen Modell.',
  },
  'wrong-usage/nothing-to-continue': { message: 'Es gibt kein Nachtraining, das fortgesetzt werden kann.', remedy: 'Beginnen Sie ein Nachtraining.' },
  'wrong-usage/no-new-model': { message: 'Es gibt kein neues Modell, das behalten werden kann.', remedy: 'Trainieren Sie zuerst ein Modell nach.' },
  'wrong-usage/references-anonymous': {
    message: 'Eine Tabelle von Verweisen enthält die Namen der Videos und kann deshalb nicht anonym sein.',
    remedy: 'Wählen Sie eine Form mit Bildern von Gesichtern.',
  },
  'wrong-usage/no-label-for-set': {
    message: 'Es gibt kein Label von {layer} für einen Trainingssatz. {notes}',
    remedy: 'Wählen Sie eine andere Ebene, oder senken Sie die Grenzen.',
  },
  'wrong-usage/nothing-of-layer': {
    message: 'Diese Videos haben keine Labels von {layer}.',
    remedy: 'Wählen Sie eine andere Ebene, oder analysieren oder labeln Sie zuerst einige Videos.',
  },
  'wrong-usage/no-labels': { message: 'Kein Video hat Labels.', remedy: 'Analysieren oder labeln Sie zuerst einige Videos.' },
  'wrong-usage/no-labels-of': {
    message: 'Kein Video hat Labels von {layers}.',
    remedy: 'Wählen Sie andere Ebenen, oder labeln Sie zuerst einige Videos.',
  },
  'wrong-usage/no-labels-in-file': { message: '{file} enthält keine Labels.', remedy: 'Wählen Sie eine andere Datei.' },
  'wrong-usage/several-recordings': {
    message: '{file} enthält mehrere Aufnahmen, und ihre Namen sagen nicht, welche zu {video} gehört.',
    remedy: 'Wählen Sie eine der Aufnahmen: {known}.',
  },
  'wrong-usage/no-recording': { message: '{file} enthält keine Aufnahme {recording}.', remedy: 'Wählen Sie eine der Aufnahmen: {known}.' },
  'wrong-usage/layers-share-face': {
    message: 'Mehrere Ebenen von {file} würden zu Labels desselben Gesichts von {coder}: {layers}.',
    remedy: 'Wählen Sie eine Ebene, oder nennen Sie für jede die kodierende Person und das Gesicht.',
  },
  'wrong-usage/layer-has-faces': {
    message: 'Die Ebene {layer} von {file} enthält Labels mehrerer Gesichter und kann daher nicht zu einem Gesicht werden.',
    remedy: 'Wählen Sie die Zeilen eines Gesichts: {tiers}.',
  },
  'wrong-usage/no-labels-in-layers': {
    message: '{file} enthält keine Labels in diesen Ebenen: {layers}.',
    remedy: 'Wählen Sie unter diesen Ebenen: {known}.',
  },
  'wrong-usage/format-unknown': { message: 'Das Format von {file} ist nicht bekannt.', remedy: 'Nennen Sie das Format, eines von diesen: {known}.' },
  'wrong-usage/no-run': { message: 'Dieses Projekt enthält keinen Lauf.', remedy: 'Analysieren Sie zuerst einige Videos.' },
  'wrong-usage/needs': { message: '{option} braucht {needed}.', remedy: 'Ergänzen Sie {needed}.' },
  'wrong-usage/one-of': { message: 'Diese Optionen passen nicht zusammen: {options}.', remedy: 'Wählen Sie eine davon.' },
  'wrong-usage/unit': { message: '«{given}» hat nicht die Form NAME=EINHEIT.', remedy: 'Zum Beispiel: EDA=µS.' },
  'wrong-usage/not-for-excel': {
    message: 'Das Format {format} hat keine CSV-Tabellen, die für Excel geschrieben werden könnten.',
    remedy: 'Wählen Sie eines dieser Formate: {formats}. Das Format xlsx braucht keine Option.',
  },
  'wrong-usage/no-signals': { message: 'Kein Video hat Signale.', remedy: 'Fügen Sie zuerst Signale hinzu (adatosk project signals).' },
  'wrong-usage/signal-unknown': {
    message: 'Ein Signal {signal} gibt es in diesem Projekt nicht.',
    remedy: 'Nennen Sie es mit der Kennung, die adatosk project signals auflistet.',
  },
  'wrong-usage/run-unknown': {
    message: 'Einen Lauf {run} gibt es in diesem Projekt nicht.',
    remedy: 'Wählen Sie einen seiner Läufe (adatosk project runs).',
  },
  'wrong-usage/span-outside': { message: '{file} endet bei {end} s: Nichts davon liegt in der gewählten Spanne.', remedy: 'Wählen Sie eine andere Spanne.' },
  'wrong-usage/no-run-record': {
    message: '{path} ist keine run.json, kein Ordner mit einer solchen und kein Projekt.',
    remedy: 'Wählen Sie den Ordner einer Analyse oder ein Projekt.',
  },
  'wrong-usage/not-a-copy': {
    message: '{folder} ist keine Kopie dieses Projekts: Es wurde getrennt angelegt.',
    remedy: 'Exportieren Sie dort die Labels, und importieren Sie sie hier.',
  },
  'wrong-usage/same-project': {
    message: '{folder} ist dieses Projekt selbst, keine Kopie davon.',
    remedy: 'Wählen Sie die Kopie, die Sie zurückbekommen haben.',
  },
  'wrong-usage/no-copies': {
    message: 'In {folder} ist kein Projekt.',
    remedy: 'Wählen Sie eine Kopie dieses Projekts oder den Ordner, in dem die Kopien liegen.',
  },
  'wrong-usage/no-coders': { message: 'Keine kodierende Person ist genannt.', remedy: 'Nennen Sie mindestens eine.' },
  'wrong-usage/not-both': {
    message: 'Beide Fassungen können nicht nebeneinander stehen.',
    remedy: 'Wählen Sie eine davon. Nichts wurde geändert.',
  },
  'wrong-usage/same-folder': {
    message: 'Zwei dieser Kodierenden bekämen denselben Ordner: {coders}.',
    remedy: 'Verwenden Sie Namen, die sich nicht nur in Großschreibung und Sonderzeichen unterscheiden.',
  },
  'wrong-usage/conflict-unknown': { message: 'Es gibt keinen offenen Konflikt {id}.', remedy: 'Listen Sie sie mit «adatosk project conflicts» auf.' },
  'wrong-usage/trial-column': { message: '«{given}» hat nicht die Form SPALTE=NAME.', remedy: 'Die Spalten sind {known}.' },
  'wrong-usage/no-face': { message: 'Dieser Lauf hat in keinem Video ein Gesicht gefunden.', remedy: 'Wählen Sie einen anderen Lauf.' },
  'wrong-usage/two-raters': {
    message: '{statistic} braucht genau zwei Urteilende, es gibt aber nur {count}. | {statistic} braucht genau zwei Urteilende, es gibt aber {count}.',
    remedy: 'Nennen Sie die Namen, zum Beispiel Ann und Ben. Bekannt sind: {known}.',
  },
  'wrong-usage/few-raters': {
    message:
      '{statistic} braucht mindestens zwei Urteilende, es gibt aber nur {count}. | {statistic} braucht mindestens zwei Urteilende, es gibt aber {count}.',
    remedy: 'Nennen Sie die Namen, zum Beispiel Ann und Ben. Bekannt sind: {known}.',
  },
  'wrong-usage/no-common-video': {
    message: 'Es gibt kein Video, das alle diese Urteilenden gelabelt haben: {raters}.',
    remedy: 'Prüfen Sie die Namen, oder labeln Sie zuerst einige Videos.',
  },
};
