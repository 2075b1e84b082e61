import type { NoticeId } from '../../../shared/app/notice-texts.ts';

/** The English catalogue (NOTICE_TEXTS) in German: the same ids, with the same parameters in braces. */
export const DE_NOTICES: Readonly<Record<NoticeId, string>> = {
  verbatim: '{text}',
  'earlier-version': '{text}',
  more: 'Und 1 weitere Angabe. | Und {count} weitere Angaben.',
  'in-file': '{file}: {notice}',
  'in-files': 'In {count} Videos ({files}): {notice}',
  'in-more-files': 'In {count} Videos ({files} und {more} weiteren): {notice}',
  'place/file': '{file}',
  'place/line': '{file}, Zeile {line}',
  'place/option': '{given}',

  'model/untrained': 'nicht trainierte Gewichte: die Zahlen bedeuten noch nichts',
  'model/rendered':
    'an gerenderten Gesichtern und unbewegten Porträts trainiert: nicht an spontanen Ausdrücken geprüft; nicht für Diagnosen oder Entscheidungen über Menschen',
  'model/weak': 'schwach: es erkennt den Ausdruck bei {percent} % unbekannter gerenderter Gesichter (Mittel über die Klassen)',
  'model/missing-classes': 'ohne einen Clip für {labels} trainiert',
  'model/no-participants': 'der Trainingssatz nennt keine Personen: die Validierung ist vielleicht zu gut',
  'model/never-validated': 'nie validiert',
  'model/imported': 'importiert: wie es trainiert wurde, ist diesem Programm nicht bekannt',
  'model/imported-untrained': 'mit nicht trainierten Gewichten importiert',
  'model/imported-encoder': 'ein importierter Encoder mit zufälliger Maske und zufälligem Kopf: vor der Verwendung nachtrainieren',

  'import/blocks': 'Der Encoder füllt ein Netz der Größe {size}: die Einbettung der Videostücke und {blocks} seiner {found} Blöcke wurden übernommen.',
  'import/last-blocks':
    'Der letzte Block wurde ausgelassen: das Netz hat keinen Platz für ihn. | Die letzten {count} Blöcke wurden ausgelassen: das Netz hat keinen Platz für sie.',
  'import/decoder-left':
    '{count} Tensor des Decoders wurde ausgelassen. Das Nachtrainieren braucht ihn nicht. | {count} Tensoren des Decoders wurden ausgelassen. Das Nachtrainieren braucht sie nicht.',
  'import/head-left': 'Der Kopf wurde ausgelassen: er nennt andere Klassen.',
  'import/norm-left': 'Die Normalisierung nach dem letzten Block wurde ausgelassen. Beim Nachtrainieren wird sie neu gelernt.',
  'import/positions': 'Gelernte Positionen wurden ausgelassen. Die Positionen des Netzes sind fest.',
  'import/other-crop':
    'Der Encoder wurde auf Bildern von {found} Pixeln trainiert. Das Netz liest Ausschnitte von {side} Pixeln, mit den festen Positionen für diese Größe.',
  'import/others-left': '{count} weiterer Tensor wurde ausgelassen. | {count} weitere Tensoren wurden ausgelassen.',
  'import/random-parts': 'Die Maske und der Kopf beginnen mit zufälligen Werten. Trainieren Sie das Modell vor der Verwendung nach.',
  'import/named': '{name}: {notice}.',
  'import/no-counterpart': 'hat keine Entsprechung',
  'import/decoder': 'gehört zum Decoder',
  'import/head': 'gehört zum Kopf, der andere Klassen nennt',
  'import/token-norm': 'normalisiert jeden Token nach dem letzten Block, was dieses Netz nicht tut',
  'import/last-norm': 'gehört hinter den letzten Block, den dieses Netz nicht hat',
  'import/later-block': 'gehört zu einem späteren Block als den {blocks} dieses Netzes',
  'import/shape': 'hat die Form {found}, aus der sich {expected} nicht bilden lässt',
  'import/twice': 'ist ein zweiter Tensor für {name}',

  'video/substituted':
    '{count} Abtastung zeigt ein Nachbarbild, weil ihr eigenes Bild nicht dekodiert werden konnte. | {count} Abtastungen zeigen ein Nachbarbild, weil ihre eigenen Bilder nicht dekodiert werden konnten.',
  'video/decoder-errors':
    'ffmpeg hat beim Dekodieren {count} Fehler gemeldet. Dort ist das Bild vielleicht falsch. | ffmpeg hat beim Dekodieren {count} Fehler gemeldet. Dort ist das Bild vielleicht falsch.',
  'video/other-streams':
    'Die Datei hat noch ein Video: {others}. Analysiert wurde {chosen}. | Die Datei hat {count} weitere Videos: {others}. Analysiert wurde {chosen}.',
  'video/holes':
    'Von {from} bis {to} s wurde nichts aufgezeichnet. Dort fehlen alle Gesichter. | An {count} Stellen wurde nichts aufgezeichnet, zuerst von {from} bis {to} s. Dort fehlen alle Gesichter.',
  'video/clock-jumps':
    'Die Uhr der Aufnahme springt bei {at} s, wie dort, wo zwei Teile zusammengefügt wurden. Die Zeit läuft dort ohne den Sprung weiter. | Die Uhr der Aufnahme springt an {count} Stellen, zuerst bei {at} s, wie dort, wo Teile zusammengefügt wurden. Die Zeit läuft dort ohne die Sprünge weiter.',

  'play/container': '{container}-Dateien können nicht direkt abgespielt werden.',
  'play/no-container': 'Dateien ohne Endung können nicht direkt abgespielt werden.',
  'play/codec': 'Video in {codec} kann nicht direkt abgespielt werden.',
  'play/pixels': 'Video in {codec} mit {pixels}-Bildern kann nicht direkt abgespielt werden.',
  'play/interlaced': 'Video im Zeilensprungverfahren kann nicht direkt abgespielt werden.',
  'play/other-stream': 'Eine Videospur, die nicht die erste ihrer Datei ist, kann nicht direkt abgespielt werden.',

  'device/reference': 'Es funktioniert. Die anderen Geräte werden mit ihm verglichen.',
  'device/agrees': 'Es funktioniert und stimmt mit dem Prozessor überein.',
  'device/differs': 'Die Wahrscheinlichkeiten weichen um bis zu {difference} von denen des Prozessors ab. Erlaubt sind höchstens {allowed}.',
  'device/not-numbers': 'Einige der Wahrscheinlichkeiten sind keine Zahlen.',
  'device/no-adapter': 'Es wurde keine Grafikkarte gefunden. Es braucht einen Grafiktreiber mit Vulkan, Metal oder Direct3D 12.',
  'device/failed': 'Das Netz konnte nicht geladen werden. ({detail})',
  'device/failed-cuda': 'Das Netz konnte nicht geladen werden. Unter Linux mit einer NVIDIA-Karte: npm run setup:cuda. ({detail})',
  'device/failed-webgpu': 'Das Netz konnte nicht geladen werden. Es braucht einen Grafiktreiber mit Vulkan, Metal oder Direct3D 12. ({detail})',
  'device/failed-dml': 'Das Netz konnte nicht geladen werden. DirectML gehört zu Windows 10 und neuer. ({detail})',
  'device/failed-coreml': 'Das Netz konnte nicht geladen werden. CoreML gehört zu macOS auf Apple-Prozessoren. ({detail})',

  'check/model': 'Die Datei ist die, die die Modellbeschreibung nennt.',
  'check/model-untrained': 'Die Gewichte sind nicht trainiert.',
  'check/model-not-drawn': 'Die Gewichte sind nicht trainiert. Die Datei wird beim ersten Gebrauch angelegt.',
  'check/detector': 'Die Datei ist die getestete Gesichtserkennung.',
  'check/other-detector': 'Das ist nicht die Gesichtserkennung, mit der diese Version getestet wurde. Installieren Sie das Programm erneut.',
  'check/store': 'SQLite {version}, Journal {journal}, synchronous {synchronous}',

  'peaks/by-apex': 'Spitzen werden mit ihrem Scheitel geschrieben. Ihr Beginn und ihr Ende stehen in label_peaks.csv (Export der Labels).',
  'peaks/times-only': 'Von Spitzen werden Label und Zeiten geschrieben. Intensität und Prominenz stehen in label_peaks.csv (Export der Labels).',
  'remarks/left-out': 'Kommentare und Modifier von Labels werden ausgelassen. Sie stehen in labels.csv (Export der Labels).',
  'eaf/lengthened':
    '{count} Label ist kürzer als eine Millisekunde und wird mit einer Millisekunde geschrieben: ELAN zeigt kein Label ohne Länge. | {count} Labels sind kürzer als eine Millisekunde und werden mit einer Millisekunde geschrieben: ELAN zeigt kein Label ohne Länge.',
  'eaf/references':
    'Zeile «{tier}»: {count} Annotation verweist auf eine andere und hat keine eigenen Zeiten. | Zeile «{tier}»: {count} Annotationen verweisen auf andere und haben keine eigenen Zeiten.',
  'eaf/comments':
    'Der Text der Zeile «{tier}» wurde zum Kommentar seines Labels ({count}). | Die Texte der Zeile «{tier}» wurden zu Kommentaren ihrer Labels ({count}).',
  'eaf/no-time': 'Zeile «{tier}»: «{label}» hat an einem Ende keine Zeit.',
  'textgrid/no-length': '«{label}» bei {at} s hat keine Länge und wird ausgelassen.',
  'nova/no-peaks': 'NOVA kennt keine Zeitpunkte. Spitzen werden ausgelassen.',
  'nova/no-confidence': 'Labels ohne Sicherheit erhalten die Sicherheit 1.',
  'datavyu/untested': 'Zeiten werden auf Millisekunden gerundet. Die Dateien wurden nie in Datavyu selbst geprüft.',
  'boris/lengthened':
    '{count} Label ohne Länge wird mit einer Millisekunde geschrieben. | {count} Labels ohne Länge werden mit einer Millisekunde geschrieben.',
  'boris/misread':
    'Der Import von BORIS liest die Spalte «{column}» dieser Tabelle nicht, wie sie ist: Eine Spalte aus Zahlen hält er für Zahlen, und Texte wie NA, None und null für leere Zellen.',
  'boris/no-stop': '«{label}» beginnt bei {at} s und endet nie.',
  'boris/divided': '«{label}» bei {at} s geht in der nächsten Mediendatei weiter und wird auf beide verteilt.',
  'boris/no-media-length':
    'Die Länge von {file} steht nicht im Projekt. Daher sind die Zeiten in dieser Datei und in den folgenden nicht bekannt. Öffnen und speichern Sie die Beobachtung in BORIS.',
  'label-studio/rate': 'Zeiten sind Bilder bei {fps} Bildern je Sekunde.',
  'label-studio/no-rate':
    '{file} und das Video nennen keine Bildrate. Mit {fps} Bildern je Sekunde, wie Label Studio annimmt, könnten die Zeiten falsch sein. Geben Sie die Bildrate an.',
  'label-studio/assumed-rate':
    '{file} nennt keine Bildrate. Die Bilder werden mit {fps} Bildern je Sekunde gelesen, der Bildrate des Videos. Geben Sie die Bildrate an, wenn sie anders ist.',
  'label-studio/skipped': '{count} übersprungene Annotation wird ausgelassen. | {count} übersprungene Annotationen werden ausgelassen.',
  'label-studio/other-type':
    '{count} Ergebnis der Art {type} ist keine Zeitspanne. Es wird ausgelassen. | {count} Ergebnisse der Art {type} sind keine Zeitspannen. Sie werden ausgelassen.',
  'subtitles/losses': 'Untertitel enthalten keine Sicherheit, und Spitzen werden ausgelassen.',
  'subtitles/lengthened':
    '{count} Label ohne Länge wird mit einer Millisekunde geschrieben. | {count} Labels ohne Länge werden mit einer Millisekunde geschrieben.',
  'tables/reworded':
    '{count} Text enthält Zeilenumbrüche oder Tabulatoren, die BIDS-Tabellen nicht enthalten können. Sie wurden zu Leerzeichen. | {count} Texte enthalten Zeilenumbrüche oder Tabulatoren, die BIDS-Tabellen nicht enthalten können. Sie wurden zu Leerzeichen.',
  'tables/no-time': '«{label}» in Zeile {line} hat eine Zeit, die keine Zahl ist.',
  'export/no-frames': 'Die Bildnummern sind leer für Videos, die nie analysiert wurden: {videos}.',
  'export/no-slots': 'Signale haben keine Zeilen für Videos, die nie analysiert wurden: {videos}.',
  'export/no-times': '{video} wurde nie analysiert. Die Zeiten der Bilder sind deshalb nicht bekannt, und das Video wird ausgelassen.',
  'export/sheet-split': 'Die Tabelle {table} hat mehr Zeilen, als ein Blatt von Excel fasst. Sie ist auf {count} Blätter verteilt.',
  'export/cells-cut':
    'Im Blatt {table} ist 1 Text länger, als eine Zelle von Excel fasst. Er wurde gekürzt. Die CSV-Datei hat den ganzen Text. | Im Blatt {table} sind {count} Texte länger, als eine Zelle von Excel fasst. Sie wurden gekürzt. Die CSV-Dateien haben die ganzen Texte.',
  'export/columns': 'Spalten, die dieses Programm nicht misst (Landmarken, Blickrichtung, Action Units, Valenz), fehlen.',
  'export/several-runs':
    'Die Ergebnisse sind von {count} Lauf: jeweils das neueste eines Videos. | Die Ergebnisse sind von {count} Läufen: jeweils das neueste eines Videos. Die Spalte run_id und runs.json unterscheiden sie.',
  'deidentified/not-analysed': 'Diese Videos wurden nicht analysiert und deshalb ausgelassen: {videos}.',
  'deidentified/checked': 'Alle {frames} Bilder der neuen Videos wurden nach Gesichtern durchsucht.',
  'deidentified/found':
    'Die Suche fand {count} Gesicht in einem einzelnen Bild. Es wurde auch verdeckt. | Die Suche fand {count} Gesichter, in jedem Bild gezählt. Sie wurden auch verdeckt.',
  'deidentified/left':
    'Die Suche findet noch {count} Gesicht, in {files}. Geben Sie dieses Video erst weiter, wenn Sie diese Bilder angesehen haben (missed_frames.csv). | Die Suche findet noch {count} Gesichter, in jedem Bild gezählt, in {files}. Geben Sie diese Videos erst weiter, wenn Sie diese Bilder angesehen haben (missed_frames.csv).',
  'deidentified/review': 'missed_frames.csv nennt {count} Abschnitt zum Ansehen. | missed_frames.csv nennt {count} Abschnitte zum Ansehen.',
  'deidentified/no-sound': 'Diese Videos haben keinen Ton: {videos}.',
  'deidentified/watch':
    'Sehen Sie jedes neue Video an, bevor Sie es weitergeben. Körper, Kleidung, Namen im Bild, Spiegelungen und übersehene Gesichter können Personen noch erkennbar machen.',
  'deidentified/key': 'source_videos.csv nennt das Original jedes neuen Videos. Bewahren Sie diese Datei getrennt von den neuen Videos auf.',
  'import/too-late': '«{label}» bei {at} s beginnt nach dem Ende von {video}.',
  'import/before-start': '«{label}» bei {at} s in «{layer}» endet, bevor das Video beginnt.',
  'import/ends-before-start': '«{label}» in «{layer}» beginnt bei {at} s und endet davor, bei {end} s.',
  'import/no-time': '«{label}» in «{layer}» hat eine Zeit, die keine Zahl ist.',
  'import/cut':
    '{count} Label von «{layer}» reicht über den Anfang oder das Ende von {video} hinaus. Es wird dort abgeschnitten. | {count} Labels von «{layer}» reichen über den Anfang oder das Ende von {video} hinaus. Sie werden dort abgeschnitten.',
  'import/points':
    '{count} Punkt von «{tier}» wird zu einer Spitze ohne Beginn und Ende. | {count} Punkte von «{tier}» werden zu Spitzen ohne Beginn und Ende.',
  'import/renamed': '«{from}» wird als «{label}» importiert. Die Namen unterscheiden sich nur in Großschreibung oder Leerzeichen.',
  'participants/empty-row': '{from}: Die Zeile hat weder ein Video noch eine Person.',
  'study/unknown-video': '{from}: {video} ist nicht in der Bibliothek.',
  'study/ambiguous-video': '{from}: Mehrere Videos heißen {video}; verwenden Sie den Pfad.',
  'participants/unknown-face': '{from}: {video} hat kein Gesicht {face}. Seine Gesichter sind: {known}.',
  'trials/no-column': '{file} hat keine Spalte «{column}» (für {meaning}).',
  'trials/no-video': '{from}: Das Video fehlt. Nennen Sie es in der Spalte «video», oder wählen Sie eines für die ganze Tabelle.',
  'trials/time': '{from}: {column} ist «{value}», das ist keine Zeit in Sekunden.',
  'trials/order': '{from}: Das Ende ({end} s) liegt vor dem Anfang ({start} s).',
  'trials/outside': '{from}: {start} bis {end} s liegt nicht in {video}, das bei {last} s endet.',
  'trials/twice': '{from}: Zeile {line} hat einen Durchgang «{name}» derselben Art im selben Video.',
  'trials/overlap': '{from}: überschneidet sich mit dem Durchgang derselben Art in Zeile {line}.',
  'signals/no-time': '{file} hat keine bekannte Spalte mit Zeiten. Nennen Sie sie oder die Abtastrate. Die Spalten sind: {known}.',
  'signals/no-column': '{file} hat keine Spalte «{column}». Die Spalten sind: {known}.',
  'signals/no-unit': 'Für «{column}» ist eine Einheit angegeben, aber die Spalte wird nicht aus {file} gelesen. Gelesen wird: {known}.',
  'signals/same-column': '{file} hat zwei Spalten mit dem Namen «{column}».',
  'signals/no-frame-times': '{file} hat Bildnummern statt Zeiten, und dieses Video wurde nie analysiert. Die Zeiten seiner Bilder sind nicht bekannt.',
  'signals/no-frame': '{from}: Das Video hat kein Bild {frame}; es hat {frames} Bilder.',
  'signals/time': '{from}: «{value}» ist keine Zeit.',
  'signals/order': '{from}: Die Zeit {time} s liegt nicht nach {before} s davor.',
  'signals/no-number': '{from}: {column} ist «{value}», das ist keine Zahl.',
  'signals/no-numbers': '{file} hat keine Zahl in: {columns}.',
  'signals/open-quote': '{from}: Ein Anführungszeichen ist nicht geschlossen.',
  'signals/several-faces': '{file} hat mehrere Gesichter: {faces}. Wählen Sie eines.',
  'signals/no-face': '{file} hat kein Gesicht {face}. Die Gesichter sind: {known}.',
  'signals/again': '{video} hat diese Signale aus {file} schon: {signals}. Entfernen Sie sie zuerst, oder benennen Sie die Datei um.',
  'signals/program': '{file} ist von {program}. Diese Reihen wurden übernommen: {signals}. Nennen Sie Spalten, um andere zu übernehmen.',
  'signals/skipped': '{file} hat Spalten ohne Zahlen, die ausgelassen werden: {columns}.',
  'signals/without-face': '{count} Zeile von {file} hat kein Gesicht. Sie ist leer. | {count} Zeilen von {file} haben kein Gesicht. Sie sind leer.',
  'signals/outside':
    'Kein Messwert liegt in {video}: Die Signale reichen von {start} bis {end} s, und das Video endet bei {last} s. Prüfen Sie den Versatz und die Einheit der Zeiten.',
  'participants/twice': '{from}: Zeile {line} betrifft dasselbe Gesicht oder Video.',
  'participants/contradiction': '{from}: {column} ist «{value}», aber «{other}» in Zeile {line}.',

  'faces/not-analysed': '{from}: {video} hat keine Ergebnisse. Analysieren Sie es zuerst.',
  'faces/number': '{from}: {column} ist «{value}», das ist keine Nummer eines Gesichts.',
  'faces/unknown-detected': '{from}: Die Analyse von {video} hat kein Gesicht {face}. Ihre Gesichter sind: {known}.',
  'faces/overlap': '{from}: Zeile {line} betrifft dieselbe Zeit von Gesicht {face}.',
  'faces/together': '{video}: Gesicht {face} und Gesicht {other} wären beide Gesicht {to}, sind aber bei {at} s beide zu sehen.',
  'faces/request': '{from}: {problem}',
  'faces/earlier-run':
    'In diesen Videos wurden Gesichter nach einer früheren Analyse vereint oder geteilt. Die neueste hat eigene Gesichter, für die das nicht gilt: {videos}.',

  'statistics/no-participant': 'Gesichter ohne Person haben eine eigene Zeile: {videos}. Ordnen Sie in der Bibliothek Personen zu.',
  'statistics/several-faces':
    'In diesen Videos sind mehrere Gesichter, und es ist nicht bekannt, welches die Person ist: {videos}. Jedes Gesicht hat eine eigene Zeile. Öffnen Sie diese Videos und sagen Sie, wer jedes Gesicht ist.',

  'set/no-class':
    '{count} Label wurde ausgelassen: «{label}» zählt als keine der sieben Klassen. | {count} Labels wurden ausgelassen: «{label}» zählt als keine der sieben Klassen.',
  'set/confidence':
    '{count} Label wurde ausgelassen: die Sicherheit liegt unter {limit}. | {count} Labels wurden ausgelassen: die Sicherheit liegt unter {limit}.',
  'set/agreement':
    '{count} Label wurde ausgelassen: die Übereinstimmung liegt unter {limit}, oder niemand sonst hat das Video gelabelt. | {count} Labels wurden ausgelassen: die Übereinstimmung liegt unter {limit}, oder niemand sonst hat das Video gelabelt.',
  'set/short': '{count} Label wurde ausgelassen: es ist kürzer als {limit} s. | {count} Labels wurden ausgelassen: sie sind kürzer als {limit} s.',
  'set/other-faces':
    '{count} Label eines kleineren Gesichts wurde ausgelassen: Verweise können kein Gesicht nennen. Die anderen Formen können das. | {count} Labels kleinerer Gesichter wurden ausgelassen: Verweise können kein Gesicht nennen. Die anderen Formen können das.',
  'set/contradictory':
    '{count} Paar von Labels eines Gesichts überschneidet sich mit verschiedenen Klassen ({videos}). Ein Netz würde beide für dieselben Bilder lernen. | {count} Paare von Labels eines Gesichts überschneiden sich mit verschiedenen Klassen ({videos}). Ein Netz würde beide für dieselben Bilder lernen.',
  'set/video': '{video} wurde ausgelassen. {problem}',
  'set/units':
    '{count} Label von Action Units wird verwendet ({units}). Units, die diese Ebene nirgends hat, gelten als unbekannt, nicht als abwesend. | {count} Labels von Action Units werden verwendet ({units}). Units, die diese Ebene nirgends hat, gelten als unbekannt, nicht als abwesend.',
  'set/unseen':
    '{count} Label wurde ausgelassen: das Gesicht ist in der meisten Zeit nicht zu sehen. | {count} Labels wurden ausgelassen: die Gesichter sind in der meisten Zeit nicht zu sehen.',
  'set/missing-classes': 'Es gibt keinen Clip zum Trainieren für {labels}.',
  'set/no-participants': 'Manche Gesichter haben keine Person. Jedes zählt als eigene Person, dieselbe Person kann also in mehreren Teilen sein.',
  'set/proposals': 'Das sind die eigenen Vorschläge des Modells. Ein Modell, das daraus lernt, lernt nichts Neues.',

  'train/head': 'Es gibt weniger als {limit} gelabelte Clips ({clips}). Nur der Kopf wird trainiert; die Merkmale des Gesichts bleiben, wie sie sind.',
  'train/units':
    'Die Clips haben nicht zwei Ausdrücke, aber Action Units ({clips} Clips). Nur der Kopf für Action Units wird trainiert; die Vorschläge zu Ausdrücken bleiben, wie sie sind.',
  'train/all': 'Es gibt {clips} gelabelte Clips. Alle Gewichte werden trainiert.',
  'train/no-participants':
    'Der Satz nennt keine Personen. Videos werden getrennt, aber dieselbe Person ist vielleicht in mehreren. Ergänzen Sie eine Spalte participant, damit die Zahlen verlässlich sind.',
  'train/no-validation': 'Für die Validierung bleibt kein Clip. Es gibt kein frühes Ende und keine Kalibrierung.',
  'train/validation-people': 'Für die Validierung zurückbehalten: {clips} Clips, Personen: {people}.',
  'train/validation-videos': 'Für die Validierung zurückbehalten: {clips} Clips, Videos: {videos}.',

  'clip/folder': '{from}: {path} ist ein Ordner, kein Video.',
  'clip/missing': '{from}: die Datei {path} gibt es nicht.',
  'clip/no-path': '{from}: der Pfad fehlt.',
  'clip/class': '{from}: „{value}“ ist keine Klasse. Die Klassen sind {known}.',
  'clip/class-number':
    '{from}: „{value}“ ist keine Klasse. Die Klassen sind {known}. Labels zählen ab 0; ziehen Sie 1 ab, wenn eine Tabelle ab 1 zählt, wie bei DFEW.',
  'clip/time': '{from}: {column} ist „{value}“. Das ist keine Zeit in Sekunden.',
  'clip/split': '{from}: split ist „{value}“. Möglich sind train, validation und test.',
  'clip/order': '{from}: Anfang, Beginn, Scheitel, Abklingen und Ende sind nicht in dieser Reihenfolge.',
  'clip/video': '{from}: {problem}',
  'clip/no-face': '{from}: es wurde kein Gesicht gefunden.',
  'clip/after-end': '{from}: Der Clip beginnt bei {at} s, nach dem Ende seines Videos ({end} s).',
  'clip/little-face': '{from}: im größten Teil des Clips wurde kein Gesicht gefunden.',
  'split/participant': 'Person {participant} ist in {split} ({from}) und in {otherSplit} ({otherFrom}).',
  'split/video': 'Dasselbe Video ist in {split} ({from}) und in {otherSplit} ({otherFrom}).',
  'split/held-participant': '{from}: Person {participant} ist in der Validierung oder im Test des anderen Satzes.',
  'split/held-video': '{from}: dieses Video ist in der Validierung oder im Test des anderen Satzes.',
  'classes/none': 'Kein Clip zum Trainieren hat ein Label.',
  'classes/one': 'Alle {clips} Clips zum Trainieren zeigen {label} (der erste: {from}).',
};
