/**
 * Warnings, losses, problems and notes by id, in English, with the same syntax as ERROR_TEXTS. The window's other languages
 * translate this catalogue. Projects, runs and models store only the id and the parameters.
 */
export const NOTICE_TEXTS = {
  /** A text by another program, another person or an older version. */
  verbatim: '{text}',
  'earlier-version': '{text}',
  /** End of a shortened list. */
  more: 'And 1 more. | And {count} more.',
  'in-file': '{file}: {notice}',
  'in-files': 'In {count} videos ({files}): {notice}',
  'in-more-files': 'In {count} videos ({files} and {more} more): {notice}',
  'place/file': '{file}',
  'place/line': '{file}, line {line}',
  'place/option': '{given}',

  'model/untrained': 'untrained weights: numbers mean nothing yet',
  'model/rendered': 'trained on rendered faces and still portraits: not validated on spontaneous expressions; not for diagnosis or decisions about people',
  'model/weak': 'weak: it names the expression of {percent}% of unseen rendered faces (mean over classes)',
  'model/missing-classes': 'trained without any clip of {labels}',
  'model/no-participants': 'its training set does not name participants: its validation may be too good',
  'model/never-validated': 'never validated',
  'model/imported': 'imported: its training is not known to this program',
  'model/imported-untrained': 'imported with untrained weights',
  'model/imported-encoder': 'an imported encoder with a random mask and head: fine-tune it before use',

  'import/blocks': 'The encoder fills a network of the size {size}: the tube embedding and {blocks} of its {found} blocks were taken over.',
  'import/last-blocks': 'The last block was left: the network has no place for it. | The last {count} blocks were left: the network has no place for them.',
  'import/decoder-left':
    '{count} tensor of the decoder was left. Fine-tuning does not need it. | {count} tensors of the decoder were left. Fine-tuning does not need them.',
  'import/head-left': 'The head was left: it names other classes.',
  'import/norm-left': 'The normalisation after the last block was left. Fine-tuning learns it again.',
  'import/positions': 'Learned positions were left. The positions of the network are fixed.',
  'import/other-crop':
    'The encoder was trained on pictures of {found} pixels. The network reads crops of {side} pixels, with the fixed positions for this size.',
  'import/others-left': '{count} other tensor was left. | {count} other tensors were left.',
  'import/random-parts': 'The mask and the head begin with random values. Fine-tune the model before use.',
  'import/named': '{name}: {notice}.',
  'import/no-counterpart': 'has no counterpart',
  'import/decoder': 'belongs to the decoder',
  'import/head': 'belongs to the head, which names other classes',
  'import/token-norm': 'normalises each token after the last block, which this network does not do',
  'import/last-norm': 'belongs after the last block, which this network does not have',
  'import/later-block': 'belongs to a later block than the {blocks} of this network',
  'import/shape': 'has the shape {found}, which does not make {expected}',
  'import/twice': 'is a second tensor for {name}',

  'video/substituted':
    '{count} sample shows a neighbouring frame, because its own frame could not be decoded. | {count} samples show a neighbouring frame, because their own frames could not be decoded.',
  'video/decoder-errors':
    'ffmpeg reported {count} error while decoding. The picture may be wrong there. | ffmpeg reported {count} errors while decoding. The picture may be wrong there.',
  'video/other-streams':
    'The file has another video: {others}. The one analysed is {chosen}. | The file has {count} other videos: {others}. The one analysed is {chosen}.',
  'video/holes':
    'Nothing was recorded from {from} to {to} s. All faces are absent there. | Nothing was recorded at {count} places, the first one from {from} to {to} s. All faces are absent there.',
  'video/clock-jumps':
    "The recording's clock jumps at {at} s, as where two parts were joined. Times go on there without the jump. | The recording's clock jumps at {count} places, the first one at {at} s, as where parts were joined. Times go on there without the jumps.",

  'play/container': '{container} files cannot be played directly.',
  'play/no-container': 'Files without an ending cannot be played directly.',
  'play/codec': 'Video in {codec} cannot be played directly.',
  'play/pixels': 'Video in {codec} with {pixels} pictures cannot be played directly.',
  'play/interlaced': 'Interlaced video cannot be played directly.',
  'play/other-stream': 'A video stream that is not the first one of its file cannot be played directly.',

  'device/reference': 'It works. The other devices are checked against it.',
  'device/agrees': 'It works, and it agrees with the CPU.',
  'device/differs': "Its probabilities differ from the CPU's by up to {difference}. At most {allowed} is allowed.",
  'device/not-numbers': 'Some of its probabilities are not numbers.',
  'device/no-adapter': 'No graphics adapter was found. A graphics driver with Vulkan, Metal or Direct3D 12 is needed.',
  'device/failed': 'The network could not be loaded. ({detail})',
  'device/failed-cuda': 'The network could not be loaded. On Linux with an NVIDIA card, run: npm run setup:cuda. ({detail})',
  'device/failed-webgpu': 'The network could not be loaded. A graphics driver with Vulkan, Metal or Direct3D 12 is needed. ({detail})',
  'device/failed-dml': 'The network could not be loaded. DirectML is part of Windows 10 and later. ({detail})',
  'device/failed-coreml': 'The network could not be loaded. CoreML is part of macOS on Apple silicon. ({detail})',

  'check/model': 'The file is the one that the manifest names.',
  'check/model-untrained': 'The weights are untrained.',
  'check/model-not-drawn': 'The weights are untrained. The file is made at its first use.',
  'check/detector': 'The file is the tested face detector.',
  'check/other-detector': 'This is not the face detector that this version was tested with. Install the program again.',
  'check/store': 'SQLite {version}, journal {journal}, synchronous {synchronous}',

  'peaks/by-apex': 'Peaks are written by their apex. Their onset and offset are in label_peaks.csv (the export of labels).',
  'peaks/times-only': 'Of peaks, the label and the times are written. Intensity and prominence are in label_peaks.csv (the export of labels).',
  'remarks/left-out': 'Comments and modifiers of labels are left out. They are in labels.csv (the export of labels).',
  'eaf/lengthened':
    '{count} label is shorter than a millisecond and is written with one millisecond: ELAN shows no label without length. | {count} labels are shorter than a millisecond and are written with one millisecond: ELAN shows no label without length.',
  'eaf/references':
    'Tier «{tier}»: {count} annotation refers to another and has no times of its own. | Tier «{tier}»: {count} annotations refer to others and have no times of their own.',
  'eaf/comments':
    'The text of tier «{tier}» became the comment of its label ({count}). | The texts of tier «{tier}» became comments of their labels ({count}).',
  'eaf/no-time': 'Tier «{tier}»: «{label}» has no time at one of its ends.',
  'textgrid/no-length': '«{label}» at {at} s has no length and is left out.',
  'nova/no-peaks': 'NOVA has no points in time. Peaks are left out.',
  'nova/no-confidence': 'Labels without a confidence get the confidence 1.',
  'datavyu/untested': 'Times are rounded to milliseconds. The files were never tested in Datavyu itself.',
  'boris/lengthened': '{count} label without length is written with one millisecond. | {count} labels without length are written with one millisecond.',
  'boris/misread':
    'The import of BORIS does not read the column «{column}» of this sheet as it is: it takes a column of numbers for numbers, and texts such as NA, None and null for empty cells.',
  'boris/no-stop': '«{label}» starts at {at} s and never stops.',
  'boris/divided': '«{label}» at {at} s goes on in the next media file and is divided between them.',
  'boris/no-media-length':
    'The length of {file} is not in the project, so the times in it and in the files after it are not known. Open and save the observation in BORIS.',
  'label-studio/rate': 'Times are frames at {fps} frames a second.',
  'label-studio/no-rate':
    '{file} and its video name no frame rate. With {fps} frames a second, as Label Studio assumes, the times could be wrong. Give the frame rate.',
  'label-studio/assumed-rate':
    '{file} names no frame rate. Its frames are read at {fps} frames a second, the rate of the video. Give the frame rate if it differs.',
  'label-studio/skipped': '{count} skipped annotation is left out. | {count} skipped annotations are left out.',
  'label-studio/other-type':
    '{count} result of the type {type} is not a span of time. It is left out. | {count} results of the type {type} are not spans of time. They are left out.',
  'subtitles/losses': 'Subtitles hold no confidence, and peaks are left out.',
  'subtitles/lengthened': '{count} label without length is written with one millisecond. | {count} labels without length are written with one millisecond.',
  'tables/reworded':
    '{count} text has line breaks or tabs, which BIDS tables cannot hold. They became blanks. | {count} texts have line breaks or tabs, which BIDS tables cannot hold. They became blanks.',
  'tables/no-time': '«{label}» in line {line} has a time that is not a number.',
  'export/no-frames': 'Frame numbers are empty for videos that were never analysed: {videos}.',
  'export/no-slots': 'Signals have no rows for videos that were never analysed: {videos}.',
  'export/no-times': '{video} was never analysed, so the times of its frames are not known. It is left out.',
  'export/sheet-split': 'Table {table} has more rows than a sheet of Excel can hold. It is divided into {count} sheets.',
  'export/cells-cut':
    'In sheet {table}, 1 text is longer than a cell of Excel can hold, and was cut. Its CSV file has the whole text. | In sheet {table}, {count} texts are longer than a cell of Excel can hold, and were cut. The CSV files have the whole texts.',
  'export/columns': 'Columns that this program does not measure (landmarks, gaze, action units, valence) are missing.',
  'export/several-runs':
    'The results are of {count} run: the newest of each video. | The results are of {count} runs: the newest of each video. The column run_id and runs.json tell them apart.',
  'deidentified/not-analysed': 'These videos were not analysed, so they were left out: {videos}.',
  'deidentified/checked': 'All {frames} frames of the new videos were searched for faces.',
  'deidentified/found':
    'The search found {count} face in a single frame. It was hidden, too. | The search found {count} faces, counted in each frame. They were hidden, too.',
  'deidentified/left':
    'The search still finds {count} face, in {files}. Do not share this video before you have watched these frames (missed_frames.csv). | The search still finds {count} faces, counted in each frame, in {files}. Do not share these videos before you have watched these frames (missed_frames.csv).',
  'deidentified/review': 'missed_frames.csv lists {count} span for review. | missed_frames.csv lists {count} spans for review.',
  'deidentified/no-sound': 'These videos have no sound: {videos}.',
  'deidentified/watch': 'Watch each new video before you share it. Bodies, clothes, names on screen, reflections and missed faces can still identify people.',
  'deidentified/key': 'source_videos.csv names the original of each new video. Keep it apart from the new videos.',
  'import/too-late': '«{label}» at {at} s begins after the end of {video}.',
  'import/before-start': '«{label}» at {at} s in «{layer}» ends before the video begins.',
  'import/ends-before-start': '«{label}» in «{layer}» begins at {at} s and ends before that, at {end} s.',
  'import/no-time': '«{label}» in «{layer}» has a time that is not a number.',
  'import/cut':
    '{count} label of «{layer}» goes beyond the start or the end of {video}. It is cut there. | {count} labels of «{layer}» go beyond the start or the end of {video}. They are cut there.',
  'import/points': '{count} point of «{tier}» becomes a peak without onset and offset. | {count} points of «{tier}» become peaks without onset and offset.',
  'import/renamed': '«{from}» is imported as «{label}», which differs only in case or spaces.',
  'participants/empty-row': '{from}: the row has neither a video nor a participant.',
  'study/unknown-video': '{from}: {video} is not in the library.',
  'study/ambiguous-video': '{from}: several videos have the name {video}; use the path.',
  'participants/unknown-face': '{from}: {video} has no face {face}. Its faces are: {known}.',
  'trials/no-column': '{file} has no column «{column}» (for {meaning}).',
  'trials/no-video': '{from}: the video is missing. Name it in the column «video», or choose one for the whole table.',
  'trials/time': '{from}: {column} is «{value}», which is not a time in seconds.',
  'trials/order': '{from}: the end ({end} s) is before the start ({start} s).',
  'trials/outside': '{from}: {start} to {end} s is not within {video}, which ends at {last} s.',
  'trials/twice': '{from}: line {line} has a trial «{name}» of the same type and video.',
  'trials/overlap': '{from}: it overlaps with the trial of the same type in line {line}.',
  'signals/no-time': '{file} has no column of times that is known. Name it, or give the sample rate. Its columns are: {known}.',
  'signals/no-column': '{file} has no column «{column}». Its columns are: {known}.',
  'signals/no-unit': 'A unit is given for «{column}», which is not read from {file}. What is read: {known}.',
  'signals/same-column': '{file} has two columns with the name «{column}».',
  'signals/no-frame-times': '{file} has frame numbers instead of times, and this video was never analysed, so the times of its frames are not known.',
  'signals/no-frame': '{from}: the video has no frame {frame}; it has {frames} frames.',
  'signals/time': '{from}: «{value}» is not a time.',
  'signals/order': '{from}: the time {time} s is not later than {before} s before it.',
  'signals/no-number': '{from}: {column} is «{value}», which is not a number.',
  'signals/no-numbers': '{file} has no number in: {columns}.',
  'signals/open-quote': '{from}: a quotation mark is not closed.',
  'signals/several-faces': '{file} has several faces: {faces}. Choose one.',
  'signals/no-face': '{file} has no face {face}. Its faces are: {known}.',
  'signals/again': '{video} already has these signals of {file}: {signals}. Remove them first, or rename the file.',
  'signals/program': '{file} is from {program}. These series were taken: {signals}. Name the columns to take others.',
  'signals/skipped': '{file} has columns without numbers, which are left out: {columns}.',
  'signals/without-face': '{count} row of {file} has no face. It is empty. | {count} rows of {file} have no face. They are empty.',
  'signals/outside':
    'No sample is within {video}: the signals are from {start} to {end} s, and the video ends at {last} s. Check the offset and the unit of the times.',
  'participants/twice': '{from}: line {line} is about the same face or video.',
  'participants/contradiction': '{from}: {column} is «{value}», but «{other}» in line {line}.',

  'faces/not-analysed': '{from}: {video} has no results. Analyse it first.',
  'faces/number': '{from}: {column} is «{value}», which is not the number of a face.',
  'faces/unknown-detected': '{from}: the analysis of {video} has no face {face}. Its faces are: {known}.',
  'faces/overlap': '{from}: line {line} is about the same time of face {face}.',
  'faces/together': '{video}: face {face} and face {other} would both be face {to}, but both are visible at {at} s.',
  'faces/request': '{from}: {problem}',
  'faces/earlier-run':
    'Faces of these videos were merged or split after an earlier analysis. The newest one has faces of its own, to which this does not apply: {videos}.',

  'statistics/no-participant': 'Faces without a participant have a row of their own: {videos}. Assign participants in the library.',
  'statistics/several-faces':
    'Several faces are in these videos, and it is not known which one is the participant: {videos}. Each face has a row of its own. Open these videos and say who each face is.',

  'set/no-class':
    '{count} label was left out: «{label}» counts as none of the seven classes. | {count} labels were left out: «{label}» counts as none of the seven classes.',
  'set/confidence': '{count} label was left out: its confidence is below {limit}. | {count} labels were left out: their confidence is below {limit}.',
  'set/agreement':
    '{count} label was left out: the agreement is below {limit}, or nobody else labelled the video. | {count} labels were left out: the agreement is below {limit}, or nobody else labelled the video.',
  'set/short': '{count} label was left out: it is shorter than {limit} s. | {count} labels were left out: they are shorter than {limit} s.',
  'set/other-faces':
    '{count} label of a smaller face was left out: references cannot name a face. The other forms can. | {count} labels of smaller faces were left out: references cannot name a face. The other forms can.',
  'set/contradictory':
    '{count} pair of labels of one face overlaps with different classes ({videos}). A network would learn both for the same pictures. | {count} pairs of labels of one face overlap with different classes ({videos}). A network would learn both for the same pictures.',
  'set/video': '{video} was left out. {problem}',
  'set/units':
    '{count} label of action units is used ({units}). Units that this layer nowhere has are unknown, not absent. | {count} labels of action units are used ({units}). Units that this layer nowhere has are unknown, not absent.',
  'set/unseen':
    '{count} label was left out: its face is not visible in most of the span. | {count} labels were left out: their faces are not visible in most of the span.',
  'set/missing-classes': 'There is no clip for training of {labels}.',
  'set/no-participants': 'Some faces have no participant. Each counts as a person of its own, so the same person may be in several parts.',
  'set/proposals': "These are the model's own proposals. A model that learns from them learns nothing new.",

  'train/head': 'There are fewer than {limit} labelled clips ({clips}). Only the head is trained; the face features stay as they are.',
  'train/units':
    'The clips do not have two expressions, but action units ({clips} clips). Only the head for action units is trained; proposals of expressions stay as they are.',
  'train/all': 'There are {clips} labelled clips. All weights are trained.',
  'train/no-participants':
    'The set does not name its participants. Videos are kept apart, but the same person may be in several. Add a column participant for figures that can be trusted.',
  'train/no-validation': 'No clip is left for validation. There is no early stop and no calibration.',
  'train/validation-people': 'Clips kept for validation: {clips}, people: {people}.',
  'train/validation-videos': 'Clips kept for validation: {clips}, videos: {videos}.',

  'clip/folder': '{from}: {path} is a folder, not a video.',
  'clip/missing': '{from}: the file {path} does not exist.',
  'clip/no-path': '{from}: the path is missing.',
  'clip/class': "{from}: '{value}' is not a class. The classes are {known}.",
  'clip/class-number':
    "{from}: '{value}' is not a class. The classes are {known}. Labels count from 0; subtract 1 in tables that count from 1, such as DFEW's.",
  'clip/time': "{from}: {column} is '{value}', which is not a time in seconds.",
  'clip/split': "{from}: split is '{value}', which is not train, validation or test.",
  'clip/order': '{from}: start, onset, apex, offset and end are not in this order.',
  'clip/video': '{from}: {problem}',
  'clip/no-face': '{from}: no face was found.',
  'clip/after-end': '{from}: the clip begins at {at} s, after the end of its video ({end} s).',
  'clip/little-face': '{from}: no face was found in most of the clip.',
  'split/participant': 'Participant {participant} is in {split} ({from}) and in {otherSplit} ({otherFrom}).',
  'split/video': 'The same video is in {split} ({from}) and in {otherSplit} ({otherFrom}).',
  'split/held-participant': '{from}: participant {participant} is in validation or test of the other set.',
  'split/held-video': '{from}: this video is in validation or test of the other set.',
  'classes/none': 'No clip for training has a label.',
  'classes/one': 'All {clips} clips for training are {label} (first: {from}).',
} as const satisfies Readonly<Record<string, string>>;

export type NoticeId = keyof typeof NOTICE_TEXTS;
