/** Error categories, which exit codes and error handlers use. An error id is a category, or 'category/detail'. */
export const ERROR_CODES = [
  'file-missing',
  'file-empty',
  'file-unreadable',
  'not-a-video',
  'no-video-stream',
  'damaged-video',
  'unsupported-codec',
  'program-missing',
  'program-failed',
  'model-missing',
  'model-invalid',
  'provider-unavailable',
  'engine-died',
  'cannot-write',
  'disk-full',
  'training-diverged',
  'data-set-invalid',
  'project-missing',
  'project-damaged',
  'project-newer',
  'project-sound',
  'project-unsafe',
  'project-exists',
  'backup-unusable',
  'project-busy',
  'not-a-project',
  'store-unsafe',
  'edit-stale',
  'edit-conflict',
  'edit-invalid',
  'layer-protected',
  'video-unknown',
  'no-project',
  'wrong-usage',
  'cancelled',
] as const;
export type StudioErrorCode = (typeof ERROR_CODES)[number];

/** What happened, to which file, and what to do about it. Must not mention command-line options. */
export interface ErrorText {
  readonly message: string;
  readonly remedy: string;
}

/**
 * All errors by id, in English; the window's other languages translate this catalogue. Braces mark placeholders.
 * '({detail})' at the end is another program's message. ' | ' separates singular and plural, selected by {count}.
 */
export const ERROR_TEXTS = {
  cancelled: { message: 'The work was stopped on request.', remedy: 'What was finished is kept. Start the work again to continue.' },
  'cancelled/sound': { message: 'Reading the sound was stopped on request.', remedy: '' },

  'file-missing': { message: '{path} does not exist.', remedy: 'Check the spelling, and put quotes around a path with spaces.' },
  'file-missing/chosen': { message: '{path} does not exist.', remedy: 'Choose the file again.' },
  'file-missing/moved': {
    message: '{file} is no longer there.',
    remedy: 'Check whether it was moved or renamed, and whether its drive is connected.',
  },
  'file-missing/link': {
    message: '{file} is a link to {target}, which does not exist.',
    remedy: 'Connect the drive or mount the share that it leads to, or remove the link.',
  },
  'file-missing/video': {
    message: '{path} is no longer there.',
    remedy: 'Look for missing files in the library. The program finds a moved video by its contents.',
  },
  'file-missing/model': { message: 'The model file {file} cannot be read.', remedy: 'Check the spelling of the path.' },
  'file-missing/clip-set': { message: 'The clip set {path} does not exist.', remedy: 'Check the spelling, and put quotes around a path with spaces.' },
  'file-missing/portraits': {
    message: '{folder} contains no portraits with outlines.',
    remedy: 'Choose the folder that contains london-neutral, canada or composite.',
  },

  'file-empty': { message: '{file} is empty (0 bytes).', remedy: 'Copy it again from its source. The copy was probably interrupted.' },

  'file-unreadable': { message: '{file} cannot be read.', remedy: 'Check its name, and whether you have permission to read it.' },
  'file-unreadable/permission': {
    message: 'This account has no permission to read {file}.',
    remedy: 'Ask for the permission, or copy the file to a folder of your own.',
  },
  'file-unreadable/other': { message: '{file} cannot be read. ({detail})', remedy: 'Check the file and the drive that it is on.' },
  'file-unreadable/no-file': { message: '{file} is not a file but a named pipe, a socket or a device.', remedy: 'Move it out of the folder of the videos.' },
  'file-unreadable/name': {
    message: 'The name of {file} contains characters that are not UTF-8, so it cannot be opened.',
    remedy: 'Rename the file or the folder.',
  },
  'file-unreadable/folder': { message: 'This account has no permission to read the folder {folder}.', remedy: 'Ask for the permission.' },
  'file-unreadable/not-opened': { message: 'The folder {folder} cannot be opened.', remedy: 'Choose another folder.' },
  'file-missing/run': { message: '{file} cannot be read.', remedy: 'Name the folder of an analysis that has ended, with its tables and run.json.' },
  'file-unreadable/result': { message: 'The result of {video} can no longer be read.', remedy: 'Analyse the video again.' },
  'file-unreadable/cached-faces': {
    message: 'The cached faces in {file} cannot be read.',
    remedy: 'Delete the folder of faces, and continue the training.',
  },
  'file-unreadable/checkpoint': { message: 'The checkpoint {file} is not complete.', remedy: 'Delete it, and start the training again.' },
  'file-unreadable/face-model': {
    message: 'The face model in {folder} cannot be read. ({detail})',
    remedy: 'Choose a clone of the repository ICT-FaceKit, or a folder with ict-face-model.json and ict-face-model.bin.',
  },
  'file-unreadable/portrait': {
    message: 'The portrait {file} cannot be used.',
    remedy: 'It needs its outline of 189 points, in a .json file of the same name in the same folder.',
  },

  'not-a-video': {
    message: '{file} is not a video, or it is damaged from its beginning.',
    remedy: 'Open it in a video player. If that fails too, copy it again from its source.',
  },

  'not-a-video/format': {
    message: '{file} is not a video but a playlist, a list of other files, or in a format that this program does not read.',
    remedy: 'Choose the video itself, or convert it to H.264 in an MP4 file.',
  },

  'no-video-stream': { message: '{file} contains no video.', remedy: 'Choose the video file of this recording.' },
  'no-video-stream/other-streams': {
    message: '{file} contains no video, only sound or data.',
    remedy: 'Choose the video file of this recording.',
  },

  'damaged-video/cut-off': {
    message: '{file} is cut off: its end is missing.',
    remedy: 'Copy it again from the camera or recorder. A repair program may save a recording that was interrupted.',
  },
  'damaged-video/missing-frames': {
    message: '{file} is cut off: it has {found} of {expected} frames.',
    remedy: 'Copy it again from the camera or recorder.',
  },
  'damaged-video/no-frame': { message: '{file} contains no frame that can be shown.', remedy: 'Copy it again from its source.' },
  'damaged-video/ends-early': {
    message: '{file} could be decoded only up to {percent}% of its length.',
    remedy: 'Copy it again from its source.',
  },
  'damaged-video/frames': {
    message: '{percent}% of the frames of {file} could not be decoded.',
    remedy: 'Copy it again from its source.',
  },
  'damaged-video/timestamps': {
    message: 'The timestamps of {file} are wrong: the video would take more than {days} days.',
    remedy: 'Copy it again from its source, or write its timestamps again: convert it to MP4 with another program.',
  },
  'damaged-video/proxy-count': {
    message: 'The copy of {file} for playing has {found} frames instead of {expected}.',
    remedy: 'Convert the video to MP4 with another program, and add that file.',
  },
  'damaged-video/proxy-time': {
    message: 'Frame {frame} of the copy of {file} for playing is off by {milliseconds} ms.',
    remedy: 'Convert the video to MP4 with another program, and add that file.',
  },
  'damaged-video/new-count': {
    message: 'The new video of {file} has {found} frames instead of {expected}.',
    remedy: 'Convert the video to MP4 with another program, add that file, and analyse it.',
  },
  'damaged-video/new-time': {
    message: 'Frame {frame} of the new video of {file} is off by {milliseconds} ms.',
    remedy: 'Convert the video to MP4 with another program, add that file, and analyse it.',
  },
  'damaged-video/other-frames': {
    message: '{file} has other frames than when it was analysed, so faces may be in other places.',
    remedy: 'Analyse the video again.',
  },

  'unsupported-codec': { message: 'ffmpeg cannot decode the video format of {file}.', remedy: 'Convert it to H.264 in an MP4 file.' },

  'unsupported-codec/picture-size': {
    message: 'The pictures of {file} have more than 67 million pixels (8192 × 8192).',
    remedy: 'Make the video smaller with another program, for example 1920 × 1080 pixels, and choose that file.',
  },

  'program-missing/linux': {
    message: '{program} was not found.',
    remedy: 'Install it with "sudo apt-get install ffmpeg", or set {variable} to the full path of {program}.',
  },
  'program-missing/macos': {
    message: '{program} was not found.',
    remedy: 'Install it with "brew install ffmpeg", or set {variable} to the full path of {program}.',
  },
  'program-missing/windows': {
    message: '{program} was not found.',
    remedy: 'Install it with "winget install ffmpeg", or set {variable} to the full path of {program}.',
  },
  'program-missing/variable': {
    message: '{variable} is set to {path}, which is not a program that can be run.',
    remedy: 'Correct the variable, or remove it.',
  },
  'program-missing/not-started': { message: '{program} at {path} could not be started. ({detail})', remedy: 'Install {program} again.' },
  'program-missing/window-builder': {
    message: 'The window has not been built, and the program that builds it is missing.',
    remedy: 'Install AdaTosk Studio again.',
  },

  'program-failed/unexpected': { message: 'The program failed unexpectedly. ({detail})', remedy: '' },
  'program-failed/slurm': { message: 'Slurm did not accept the job. ({detail})', remedy: 'Correct the options, or ask the support of the cluster.' },
  'program-failed/media': {
    message: '{program} could not read {file}. ({detail})',
    remedy: 'Open the file in a video player. If that fails too, convert it to H.264 in an MP4 file.',
  },
  'program-failed/media-silent': {
    message: '{program} could not read {file}, and reported no reason.',
    remedy: 'Open the file in a video player. If that fails too, convert it to H.264 in an MP4 file.',
  },
  'program-failed/crashed': {
    message: '{program} crashed while it read {file}.',
    remedy: 'Install a current ffmpeg, or set {variable} to another {program}.',
  },
  'program-failed/no-resources': {
    message: '{program} could not be started, because too many files or programs are open. ({detail})',
    remedy: 'Close other programs, or analyse fewer videos at the same time, and try again.',
  },
  'program-failed/standstill': {
    message: '{program} made no progress with {file} for {minutes} minutes, and was ended.',
    remedy: 'Check the drive that the file is on. If it is in order, the file is damaged: copy it again from its source.',
  },
  'program-failed/memory': { message: 'There was not enough memory to decode {file}.', remedy: 'Close other programs, and try again.' },
  'program-failed/encode': { message: 'ffmpeg could not write {path}. ({detail})', remedy: 'Choose another folder, or install a current ffmpeg.' },
  'program-failed/window-build': { message: 'The window could not be built. ({detail})', remedy: 'Run `npm run build` to see the whole output.' },

  'model-missing': { message: "There is no model '{model}'.", remedy: 'Choose one of these: {known}.' },
  'model-missing/folder': {
    message: 'The folder of models, {folder}, cannot be read.',
    remedy: 'Install the program again, or set ADATOSK_MODELS to the folder.',
  },
  'model-missing/file': { message: '{file} is missing.', remedy: 'Install the program again, or import the model again.' },
  'model-missing/detector': { message: 'The face detector {file} cannot be read.', remedy: 'Install the program again.' },
  'model-missing/not-here': { message: "This computer has no model '{model}'.", remedy: 'Choose one of these: {known}.' },
  'model-missing/other-hash': {
    message: "This computer has no model '{model}' with the SHA-256 {sha256}….",
    remedy: 'Choose one of these: {known}.',
  },
  'model-missing/baseline': {
    message: 'The baseline network of {package} is missing.',
    remedy: 'It is for developers: npm install -D {package}.',
  },

  'model-invalid/not-loaded': {
    message: '{file} could not be loaded on {device}. ({detail})',
    remedy: 'Choose another device, or import the model again.',
  },
  'model-invalid/manifest': { message: '{file} is not a model manifest. ({detail})', remedy: 'Import the model again.' },
  'model-invalid/other-than-run': {
    message: 'The model {model} is not the one of the run (SHA-256 {found}…, expected {expected}…).',
    remedy: 'Install the version of the program or the model of the run.',
  },
  'model-invalid/other-file': {
    message: '{file} is not the file that its manifest names (SHA-256 {found}…, expected {expected}…).',
    remedy: 'Import the model again.',
  },
  'model-invalid/other-untrained': {
    message: '{file} is not the file that its manifest names (SHA-256 {found}…, expected {expected}…).',
    remedy: 'Delete the file. The program makes it again at the next start.',
  },
  'model-invalid/detector': {
    message: '{file} is not the face detector that this version was tested with (SHA-256 {found}…, expected {expected}…).',
    remedy: 'Install the program again.',
  },
  'model-invalid/unreadable': { message: '{file} cannot be read as a model. ({detail})', remedy: 'Download it or save it again.' },
  'model-invalid/other-shapes': {
    message: '{file} is not an AdaTosk network of any size: its weights have other shapes.',
    remedy: 'The names and shapes are in docs/developer/network.md. Encoders of VideoMAE are imported from .safetensors, .pth, .pt and .bin.',
  },
  'model-invalid/missing-weights': {
    message: "{file} is not an AdaTosk network of any size: {missing} of {total} weights are missing, for example '{name}'.",
    remedy: 'The names are in docs/developer/network.md. Encoders of VideoMAE are imported from .safetensors, .pth, .pt and .bin.',
  },
  'model-invalid/no-tubes': {
    message: '{file} has no tube embedding (patch_embed.proj.weight), which encoders of VideoMAE have.',
    remedy: 'Only encoders of the kind of VideoMAE can be imported.',
  },
  'model-invalid/width': {
    message: 'The tokens of {file} have {width} values. The networks of this program have {known}.',
    remedy: 'Choose another file.',
  },
  'model-invalid/mae-dfer': {
    message:
      'Nothing was imported from {file}: it is an encoder of MAE-DFER (LGI-Former) with {blocks} blocks and tokens of {width} values. {own} of its {total} tensors belong to the attention within regions and through region tokens, which the networks of this program do not have. Its tube embedding and the MLPs of its blocks have counterparts, but tokens of another width: {known}.',
    remedy: 'Import an encoder of VideoMAE (ViT-S or ViT-B), also one that was trained with the code of MAE-DFER.',
  },
  'model-invalid/other-tubes': {
    message:
      'Nothing was imported from {file}: the kernel of its tube embedding is {found}, and the networks of this program have {expected} (channels, frames, rows, columns).',
    remedy: 'Only encoders of the kind of VideoMAE can be imported. Encoders of pictures have no tubes.',
  },
  'model-invalid/other-blocks': {
    message:
      'Nothing was imported from {file}: {count} weight of its encoder has no place in the network of this program. {problems} | Nothing was imported from {file}: {count} weights of its encoder have no place in the network of this program. {problems}',
    remedy: 'Only encoders of the kind of VideoMAE can be imported.',
  },
  'model-invalid/incomplete-encoder': {
    message:
      "Nothing was imported from {file}: {count} weight of an encoder of the size {size} is missing, '{name}'. | Nothing was imported from {file}: {count} weights of an encoder of the size {size} are missing, for example '{name}'.",
    remedy: 'Save the whole encoder again, or choose another file.',
  },
  'model-invalid/refused-name': {
    message: '{file} was not read: besides weights, it names {name}. PyTorch would run what a file names; this program does not.',
    remedy:
      "Use the weights as .safetensors. If you trust the source of the file, save only its weights in PyTorch: torch.save(torch.load('old.pth', map_location='cpu', weights_only=False)['model'], 'new.pth'). Otherwise delete the file.",
  },
  'model-invalid/old-checkpoint': {
    message: '{file} was saved in the format that PyTorch had before version 1.6. This program does not read it.',
    remedy:
      "If you trust the source of the file, save it again in PyTorch: torch.save(torch.load('old.pth', map_location='cpu', weights_only=False), 'new.pth').",
  },
  'model-invalid/script': {
    message: '{file} is a program for TorchScript. This program reads weights only.',
    remedy:
      "If you trust the source of the file, save its weights in PyTorch: torch.save(torch.jit.load('old.pt', map_location='cpu').state_dict(), 'new.pth').",
  },

  'provider-unavailable': {
    message: 'The device {device} cannot be used. {reason}',
    remedy: "Choose 'auto' or 'cpu' as the device. The check of this computer (adatosk doctor) lists the devices.",
  },

  'engine-died/network': {
    message: 'The process that runs the network ended. ({detail})',
    remedy: 'Try again on the processor (cpu). If it happens again, the graphics driver or the memory is the likely cause.',
  },
  'engine-died/training': {
    message: 'The training process ended. ({detail})',
    remedy: 'Continue the training: it was saved. If it happens again, the memory is the likely cause. Close other programs, or use smaller batches.',
  },
  'engine-died/queue': {
    message: 'The process that analyses videos ended. ({detail})',
    remedy: 'Start the queue again. It continues with the video that was being analysed. If it happens again, analyse fewer videos at the same time.',
  },

  'engine-died/attempts': {
    message: 'The analysis of {file} was ended {attempts} times before it was done, and is not tried again by itself.',
    remedy: 'Analyse fewer videos at the same time, then try it again. If it fails again, convert the video to H.264 in an MP4 file.',
  },

  'cannot-write': { message: '{path} could not be written. ({detail})', remedy: 'Choose another folder.' },
  'cannot-write/permission': {
    message: 'This account has no permission to write {path}.',
    remedy: 'Choose a folder of your own, for example in Documents.',
  },
  'cannot-write/project': {
    message: 'The project {file} cannot be written.',
    remedy: 'Check that its folder is not read-only, or copy the project to a folder of your own.',
  },
  'cannot-write/disk': {
    message: 'The disk of {file} reported an error.',
    remedy: 'Check the drive or the connection to it. What was saved before is safe.',
  },
  'cannot-write/backup': { message: 'The backup {file} could not be verified.', remedy: 'Check the disk. The project itself was not changed.' },
  'cannot-write/restored': {
    message: 'The copy of the backup {file} could not be verified.',
    remedy: 'Check the disk. The project itself was not changed.',
  },
  'cannot-write/daily-backup': { message: "Today's backup could not be made. {problem}", remedy: '' },

  'disk-full': {
    message: 'The disk is full: {path} could not be written.',
    remedy: 'Free some space or choose another folder, then continue. What was finished is kept.',
  },

  'training-diverged': {
    message: 'The training diverged: a gradient is no longer a finite number.',
    remedy: 'Train again with a smaller learning rate, or check the labels first.',
  },

  'data-set-invalid/rows': { message: '{set} cannot be used. {problems}', remedy: 'Correct these rows, or remove them.' },
  'data-set-invalid/videos': {
    message: '{set} cannot be used. {problems}',
    remedy: 'Remove these rows from the set, or correct their times.',
  },
  'data-set-invalid/split-leak': {
    message: '{set} cannot be used. {problems}',
    remedy: 'Put all clips of a person into one split. A model looks better than it is on a person whom it has seen in training.',
  },
  'data-set-invalid/held-leak': { message: '{set} cannot be used. {problems}', remedy: 'Put all clips of a person into one split.' },
  'data-set-invalid/one-class': { message: '{set} cannot be used. {problems}', remedy: 'Add clips of at least one other class.' },
  'data-set-invalid/empty': { message: '{path} names no clip.', remedy: 'Add at least one clip.' },
  'data-set-invalid/not-a-table': { message: '{path} is not a table.', remedy: 'Choose a .csv file or a folder.' },
  'data-set-invalid/csv': { message: '{file} is not valid CSV. ({detail})', remedy: 'Save it again as CSV (UTF-8).' },
  'data-set-invalid/not-participants': {
    message: '{file} has no column «video» or «participant» in its first line.',
    remedy: 'Name the columns video, face_id, participant, session, condition.',
  },
  'data-set-invalid/not-trials': {
    message: '{file} has no column with the start of a trial.',
    remedy: 'Name the columns video, start_s, end_s, trial, type, item, condition, or say which columns these are.',
  },
  'data-set-invalid/trials': { message: '{file} cannot be used. {problems}', remedy: 'Correct these rows. Nothing was changed.' },
  'data-set-invalid/signals': { message: '{file} cannot be used. {problems}', remedy: 'Correct the file or the command. Nothing was changed.' },
  'data-set-invalid/no-series': {
    message: '{file} has no time series: no column with numbers, or no rows.',
    remedy: 'Choose a table with a column of times and a column for each signal.',
  },
  'data-set-invalid/state-log': {
    message: '{file} is a state log of FaceReader, which has no measured series.',
    remedy: 'Choose the detailed log.',
  },
  'data-set-invalid/participants': { message: '{file} cannot be used. {problems}', remedy: 'Correct these rows. Nothing was changed.' },
  'data-set-invalid/faces': { message: '{file} cannot be used. {problems}', remedy: 'Correct these rows. Nothing was changed.' },
  'data-set-invalid/not-faces': {
    message: '{file} has no column «to_face» in its first line.',
    remedy: 'Name the columns video, face_id, start_s, end_s, to_face.',
  },
  'data-set-invalid/faces-request': { message: '{problems}', remedy: 'Nothing was changed.' },
  'data-set-invalid/same-column': { message: '{file} has two columns with the name «{column}».', remedy: 'Rename or delete one of them.' },
  'data-set-invalid/too-large': {
    message: 'The faces of this set need {size} GB, but only {limit} GB are allowed.',
    remedy: 'Allow more space for them, or use a smaller set.',
  },
  'data-set-invalid/face-set': { message: '{file} is not a set of faces that can be read.', remedy: 'Make it again with adatosk synthesize.' },
  'data-set-invalid/unpacked-size': {
    message: '{file} is larger than {megabytes} MB when it is unpacked.',
    remedy: 'Choose a file with fewer observations.',
  },
  'data-set-invalid/public-set': {
    message: '{set} was recognised, but there is no video in {folder}.',
    remedy: 'Put the videos of the set there. Folders of pictures must be made into videos first: docs/user/fine-tuning.md says how.',
  },
  'data-set-invalid/public-set-rows': {
    message: '{set} has {rows} clips in its lists; {missing} have no video and {unknown} have an unknown class. The first: {from}.',
    remedy: 'Check that all parts of the set were unpacked.',
  },
  'data-set-invalid/crop-size': {
    message: 'The faces in {folder} have {side} pixels at {rate} Hz, but this model reads {wantedSide} pixels at {wantedRate} Hz.',
    remedy: 'Make the set again in that size.',
  },
  'data-set-invalid/batch': { message: 'Clips for the training could not be read. ({detail})', remedy: 'Check the set, and start the training again.' },
  'data-set-invalid/no-labelled-clip': { message: "{data} has no labelled clip in the split '{split}'.", remedy: 'Choose another split.' },
  'data-set-invalid/no-clip': { message: 'No clip could be made. {notes}', remedy: 'Choose other labels.' },
  'data-set-invalid/not-placed': {
    message: 'Nothing was imported, because some labels cannot be placed. {problems}',
    remedy: 'Correct the file, or import only the other labels.',
  },
  'data-set-invalid/not-boris': { message: '{file} is not a BORIS project.', remedy: 'Save it again in BORIS.' },
  'data-set-invalid/not-xml': { message: '{file} is not XML. ({detail})', remedy: 'Save it again in ELAN.' },
  'data-set-invalid/not-eaf': { message: '{file} is not an ELAN file.', remedy: 'Choose an .eaf file.' },
  'data-set-invalid/not-label-studio': { message: '{file} is not a Label Studio export (JSON).', remedy: 'Export it again as JSON.' },
  'data-set-invalid/not-textgrid': { message: '{file} is not a TextGrid.', remedy: 'Save it in Praat as a text file.' },
  'data-set-invalid/textgrid-binary': { message: '{file} is a binary file of Praat.', remedy: 'Open it in Praat and save it as a text file.' },
  'data-set-invalid/textgrid-cut-off': { message: '{file} is cut off.', remedy: 'Save it again in Praat.' },
  'data-set-invalid/textgrid-comma': {
    message: '{file} has the number {number} with a decimal comma. Praat reads only decimal points.',
    remedy: 'Replace the decimal commas in the file, or save it again in Praat.',
  },
  'data-set-invalid/not-labels': { message: '{file} is no table of labels: it has not the columns {columns}.', remedy: 'Name the columns in the first line.' },
  'data-set-invalid/not-gzip': { message: '{file} cannot be unpacked.', remedy: 'Save it again, or unpack it with another program.' },

  'project-missing': { message: 'There is no project in {folder}.', remedy: 'Choose another folder, or make a new project there.' },

  'project-missing/while-open': {
    message: 'The project file {file} was deleted, moved or replaced while it was open. The last change was not saved.',
    remedy: 'Put the file back into its place, then open the project again. The folder of its backups may still be there.',
  },

  'project-damaged': { message: 'The project file {file} is damaged.', remedy: 'Restore a backup of it.' },
  'project-damaged/check': { message: 'The project file {file} is damaged. ({detail})', remedy: 'Restore a backup of it.' },
  'project-damaged/pages': {
    message: 'The project file {file} has changed on the disk without this program: {damaged} of its {pages} pages are not what was written.',
    remedy: 'Restore a backup of it. Files often change like this when a disk or a cloud folder fails: check it, too.',
  },
  'project-damaged/copy': {
    message: '{file} is damaged, or it is not a project.',
    remedy: 'Get the copy from the coder again. Nothing was changed.',
  },
  'project-damaged/no-backup': {
    message: 'The project {file} is damaged, and it has no backup that can be opened.',
    remedy: 'Do not change the folder, and ask for help to recover the project.',
  },

  'project-newer': { message: '{file} was made by a newer version of AdaTosk Studio.', remedy: 'Install the newer version. Nothing was changed.' },
  'project-newer/export': {
    message: 'This export was made by a newer version of AdaTosk Studio.',
    remedy: 'Install the newer version. Nothing was changed.',
  },

  'project-sound': { message: 'The project file {file} is not damaged.', remedy: 'Name a backup to return to an earlier state of the project.' },

  'project-unsafe': {
    message: 'The project file {file} contains SQL that AdaTosk Studio does not write. ({detail})',
    remedy: 'Do not use this file. Ask the person who sent it for an export of the project (Export, JSON), and import that.',
  },

  'project-exists': { message: 'There is already a project in {folder}.', remedy: 'Choose an empty folder. Nothing was changed.' },

  'backup-unusable': { message: '{file} is not a backup that can be opened.', remedy: 'Choose another backup of this project.' },

  'project-busy': { message: 'Another program is writing to the project {file}.', remedy: 'Wait until it has finished, then try again.' },
  'project-busy/restoring': {
    message: 'Another program is restoring a backup of the project in {folder}.',
    remedy: 'Wait until it has finished, then try again.',
  },
  'project-busy/open': { message: 'The project {file} is open in another program.', remedy: 'Close it there, then restore the backup.' },

  'not-a-project': { message: '{file} is not an AdaTosk Studio project.', remedy: 'Choose another folder.' },
  'not-a-project/empty': { message: 'The file is empty.', remedy: 'Choose a file that AdaTosk Studio exported.' },
  'not-a-project/line': {
    message: 'Line {line} of the file does not belong to an exported project.',
    remedy: 'Choose a file that AdaTosk Studio exported. Nothing was changed.',
  },

  'store-unsafe/sqlite': { message: 'SQLite {version} can damage projects.', remedy: 'Install AdaTosk Studio again. It contains SQLite {oldest} or later.' },
  'store-unsafe/journal': { message: 'SQLite does not store {file} safely. ({detail})', remedy: 'Install AdaTosk Studio again.' },

  'edit-stale/deleted': {
    message: 'What you changed was deleted in another window. ({detail})',
    remedy: 'The present state is shown now. Look at it, and try again.',
  },
  'edit-stale/changed': {
    message: 'What you changed was changed in another window too; your change was not saved. ({detail})',
    remedy: 'The present state is shown now. Look at it, and try again.',
  },
  'edit-stale/layer': { message: 'This layer no longer exists.', remedy: 'Open the video again.' },

  'edit-conflict/undo': {
    message: 'This step cannot be undone, because its result was changed later. ({detail})',
    remedy: 'Look at the present state, and change it by hand if necessary.',
  },
  'edit-conflict/redo': {
    message: 'This step cannot be redone, because what it changes was changed later. ({detail})',
    remedy: 'Look at the present state, and change it by hand if necessary.',
  },

  'edit-invalid/same-id': { message: 'There is already an entry with this id. ({detail})', remedy: 'Try again.' },
  'edit-invalid/not-deletable': {
    message: 'Entries of this kind cannot be deleted. ({detail})',
    remedy: 'Data that belong to the entry would be lost, and undo could not restore them.',
  },
  'edit-invalid/still-used': {
    message: 'This entry cannot be deleted, because others belong to it. ({detail})',
    remedy: 'Delete or move those in the same step.',
  },
  'edit-invalid/duplicate': { message: 'This was not saved, because there is already one of this kind. ({detail})', remedy: 'Choose another name.' },
  'edit-invalid/reference': {
    message: 'This was not saved, because something else still uses it, or because what it belongs to no longer exists. ({detail})',
    remedy: 'Look at the present state, and try again.',
  },
  'edit-invalid/trial-outside': {
    message: 'The trial “{trial}” was not saved, because it is not within {video}, which ends at {last} s.',
    remedy: 'Check its start and its end.',
  },
  'edit-invalid/trial-overlap': {
    message: 'The trial “{trial}” was not saved, because it overlaps with “{other}” of the same type “{type}” ({start} to {end} s).',
    remedy: 'Change its times, or give it another type.',
  },
  'edit-invalid/trial-name': {
    message: 'The trial “{trial}” was not saved, because this video already has one of the type “{type}” with this name.',
    remedy: 'Choose another name.',
  },
  'edit-invalid/face-unknown': { message: '{video} has no face {face}.', remedy: 'Choose one of its faces: {known}.' },
  'edit-invalid/same-face': { message: 'Face {face} cannot be merged with itself.', remedy: 'Choose another face.' },
  'edit-invalid/faces-together': {
    message: 'Face {face} and face {other} are two people: both are visible at the same time in {video}, first at {at} s.',
    remedy: 'If one of them changes from one person to another, split it at that moment first.',
  },
  'edit-invalid/two-people': {
    message: 'Face {face} and face {other} have different participants.',
    remedy: 'Give both the same participant first, if they are one person.',
  },
  'edit-invalid/split-outside': {
    message: 'Face {face} of {video} cannot be split at {at} s: it is not visible both before and after.',
    remedy: 'Go to the moment at which the face changes to another person.',
  },
  'edit-invalid/times': { message: 'This was not saved, because its times are out of order. ({detail})', remedy: 'Check its times.' },
  'edit-invalid/constraint': { message: 'This was not saved. ({detail})', remedy: 'Check its times and its name.' },

  'layer-protected/model': {
    message: "A model's proposals cannot be changed.",
    remedy: 'Accept the proposal into your own layer, and change it there.',
  },
  'layer-protected/coder': {
    message: "Another coder's labels cannot be changed.",
    remedy: 'Make the label in your own layer, and change it there.',
  },

  'video-unknown': { message: 'This video is not in the library.', remedy: 'Open the library again. Another project may be open now.' },
  'video-unknown/name': { message: 'No video of the library has the name {name}.', remedy: 'Choose the video by its name in the library.' },
  'video-unknown/ambiguous': {
    message: 'More than one video of the library has the name {name}.',
    remedy: 'Choose the video by its name in the library.',
  },

  'no-project': { message: 'No project is open.', remedy: 'Open a project, or make a new one.' },

  'wrong-usage/relative-path': { message: '{path} is not a full path.', remedy: 'Give the path from the root of the disk.' },
  'wrong-usage/port': { message: 'Port {port} cannot be used. ({detail})', remedy: 'Choose another port.' },
  'wrong-usage/no-video': {
    message: 'No video was found in {paths}.',
    remedy: 'Name a folder with videos (mp4, mov, mkv, avi …), or the files themselves.',
  },
  'wrong-usage/no-video-chosen': { message: 'None of the chosen files is a video.', remedy: 'Choose videos, or folders that contain videos.' },
  'wrong-usage/parallel-videos': { message: 'From 1 to 64 videos can be analysed at the same time.', remedy: 'Choose a number from 1 to 64.' },
  'wrong-usage/model-exists': { message: '{folder} already contains a model; nothing was changed.', remedy: 'Choose another name or another folder.' },
  'wrong-usage/model-format': {
    message: '{file} is no file that a model can be imported from.',
    remedy: 'Choose a file that ends in .onnx, .safetensors, .pth, .pt or .bin.',
  },
  'wrong-usage/model-name': { message: 'There is already a model with the name {name}.', remedy: 'Give the new model another name.' },
  'wrong-usage/file-exists': { message: '{path} already exists; it was not changed.', remedy: 'Choose another name.' },
  'wrong-usage/new-file-exists': { message: '{path} already exists; it was not changed.', remedy: 'Choose an empty folder.' },
  'wrong-usage/not-analysed': {
    message: 'None of these videos was analysed, so it is not known where faces are: {videos}.',
    remedy: 'Analyse them first.',
  },
  'wrong-usage/folder-not-empty': { message: '{folder} is not empty; nothing was changed.', remedy: 'Choose an empty folder.' },
  'data-set-invalid/run': {
    message: '{file} does not describe a run that can be repeated. ({detail})',
    remedy: 'Name run.json of an analysis by the command line of this version or a newer one.',
  },
  'wrong-usage/config-with-option': {
    message: 'A repeated run has the options of its file: {option} cannot be changed.',
    remedy: 'Leave the option out, or begin a new analysis.',
  },
  'wrong-usage/paths-or-list': { message: 'The videos are named either by paths or by a list.', remedy: 'Name one of the two.' },
  'wrong-usage/shard-with-project': {
    message: 'A share of the videos cannot be stored in a project: several programs would write to it at once.',
    remedy: 'Leave the project out, and name it when you merge the shares.',
  },
  'wrong-usage/line-break': { message: 'The path of {path} contains a line break, and cannot be in a list.', remedy: 'Rename the file or the folder.' },
  'wrong-usage/no-parts': { message: '{folder} contains no parts of an analysis.', remedy: 'Choose the folder into which the analysis writes.' },
  'wrong-usage/lists-differ': {
    message: 'The shards {shards} in {folder} have listed different videos: a video was added or removed between their starts.',
    remedy: 'List the videos once in a file, and analyse that list.',
  },
  'wrong-usage/parts-differ': {
    message: 'The shards {shards} in {folder} have another model or other options than the others.',
    remedy: 'Run them again with the same model and options.',
  },
  'wrong-usage/part-differs': {
    message: 'The stored result of {video} has other options than the rest.',
    remedy: 'Analyse this video again with the same options.',
  },
  'wrong-usage/other-contents': {
    message: '{folder} contains other files ({names}); nothing was changed.',
    remedy: 'Choose an empty folder.',
  },
  'wrong-usage/unfinished-training': {
    message: '{folder} contains a training that is not finished; nothing was changed.',
    remedy: 'Continue that training, or choose another folder.',
  },
  'wrong-usage/other-training': {
    message: '{file} was made with other data or settings.',
    remedy: 'Continue with the same data and settings as before, or train into another folder.',
  },
  'wrong-usage/no-units': {
    message: 'Action units can be learned only by a model that exists, from a set that has them; {data} or the model is missing that.',
    remedy: 'Choose a first model, and a set of aligned faces with action units.',
  },
  'wrong-usage/fold': {
    message: '{set} has no fold {fold}.',
    remedy: 'Choose a fold from 1 to {folds}.',
  },
  'wrong-usage/no-folds': {
    message: '{path} has no folds.',
    remedy: 'Leave the fold out. Sets other than DFEW, MAFW, RAVDESS and CREMA-D are divided by their column split.',
  },
  'wrong-usage/no-rounds': {
    message: 'Only the head is trained, and no round is left for it.',
    remedy: 'Choose at least one round of fine-tuning, or train all weights.',
  },
  'wrong-usage/fine-tuning-running': { message: 'A fine-tuning is not finished yet.', remedy: 'Keep or discard its model first.' },
  'wrong-usage/nothing-to-continue': { message: 'There is no fine-tuning to continue.', remedy: 'Start a fine-tuning.' },
  'wrong-usage/no-new-model': { message: 'There is no new model to keep.', remedy: 'Fine-tune a model first.' },
  'wrong-usage/references-anonymous': {
    message: 'A table of references contains the names of the videos, so it cannot be anonymous.',
    remedy: 'Choose a form with pictures of faces.',
  },
  'wrong-usage/no-label-for-set': {
    message: 'There is no label of {layer} to make a set from. {notes}',
    remedy: 'Choose another layer, or lower the limits.',
  },
  'wrong-usage/nothing-of-layer': {
    message: 'These videos have no labels of {layer}.',
    remedy: 'Choose another layer, or analyse or label some videos first.',
  },
  'wrong-usage/no-labels': { message: 'No video has labels.', remedy: 'Analyse or label some videos first.' },
  'wrong-usage/no-labels-of': { message: 'No video has labels of {layers}.', remedy: 'Choose other layers, or label some videos first.' },
  'wrong-usage/no-labels-in-file': { message: '{file} contains no labels.', remedy: 'Choose another file.' },
  'wrong-usage/several-recordings': {
    message: '{file} has several recordings, and their names do not tell which one belongs to {video}.',
    remedy: 'Choose one of its recordings: {known}.',
  },
  'wrong-usage/no-recording': { message: '{file} has no recording {recording}.', remedy: 'Choose one of its recordings: {known}.' },
  'wrong-usage/layers-share-face': {
    message: 'Several layers of {file} would become labels of the same face of {coder}: {layers}.',
    remedy: 'Choose one layer, or name the coder and the face of each.',
  },
  'wrong-usage/layer-has-faces': {
    message: 'The layer {layer} of {file} has labels of several faces, so it cannot become one face.',
    remedy: 'Choose the tiers of one face: {tiers}.',
  },
  'wrong-usage/no-labels-in-layers': {
    message: '{file} contains no labels in these layers: {layers}.',
    remedy: 'Choose from its layers: {known}.',
  },
  'wrong-usage/format-unknown': { message: 'The format of {file} is not known.', remedy: 'Name its format, one of: {known}.' },
  'wrong-usage/no-run': { message: 'This project contains no run.', remedy: 'Analyse some videos first.' },
  'wrong-usage/needs': { message: '{option} needs {needed}.', remedy: 'Add {needed}.' },
  'wrong-usage/one-of': { message: 'These options cannot be combined: {options}.', remedy: 'Choose one of them.' },
  'wrong-usage/unit': { message: '«{given}» is not of the form NAME=UNIT.', remedy: 'For example: EDA=µS.' },
  'wrong-usage/not-for-excel': {
    message: 'The format {format} has no CSV tables that could be written for Excel.',
    remedy: 'Choose one of these formats: {formats}. The format xlsx needs no option.',
  },
  'wrong-usage/no-signals': { message: 'No video has signals.', remedy: 'Add signals first (adatosk project signals).' },
  'wrong-usage/signal-unknown': {
    message: 'There is no signal {signal} in this project.',
    remedy: 'Name it by the id that adatosk project signals lists.',
  },
  'wrong-usage/run-unknown': { message: 'There is no run {run} in this project.', remedy: 'Choose one of its runs (adatosk project runs).' },
  'wrong-usage/span-outside': { message: '{file} ends at {end} s: nothing of it lies in the chosen span.', remedy: 'Choose another span.' },
  'wrong-usage/no-run-record': {
    message: '{path} is no run.json, no folder with one, and no project.',
    remedy: 'Choose the folder of an analysis, or a project.',
  },
  'wrong-usage/not-a-copy': {
    message: '{folder} is not a copy of this project: it was created separately.',
    remedy: 'Export its labels there, and import them here.',
  },
  'wrong-usage/same-project': { message: '{folder} is this project itself, not a copy of it.', remedy: 'Choose the copy that the coder returned.' },
  'wrong-usage/no-copies': { message: 'There is no project in {folder}.', remedy: 'Choose a copy of this project, or the folder that contains the copies.' },
  'wrong-usage/no-coders': { message: 'No coder is named.', remedy: 'Name at least one coder.' },
  'wrong-usage/not-both': { message: 'Both versions cannot stand side by side.', remedy: 'Choose one of them. Nothing was changed.' },
  'wrong-usage/same-folder': {
    message: 'Two of these coders would get the same folder: {coders}.',
    remedy: 'Use names that differ in more than case and special characters.',
  },
  'wrong-usage/conflict-unknown': { message: 'There is no open conflict {id}.', remedy: 'List them with «adatosk project conflicts».' },
  'wrong-usage/trial-column': { message: '«{given}» is not of the form COLUMN=NAME.', remedy: 'The columns are {known}.' },
  'wrong-usage/no-face': { message: 'This run found no face in any video.', remedy: 'Choose another run.' },
  'wrong-usage/two-raters': {
    message: '{statistic} needs exactly two raters, but there is {count}. | {statistic} needs exactly two raters, but there are {count}.',
    remedy: 'Name them, for example Ann and Ben. The known raters are: {known}.',
  },
  'wrong-usage/few-raters': {
    message: '{statistic} needs at least two raters, but there is {count}. | {statistic} needs at least two raters, but there are {count}.',
    remedy: 'Name them, for example Ann and Ben. The known raters are: {known}.',
  },
  'wrong-usage/no-common-video': {
    message: 'There is no video that all of these raters labelled: {raters}.',
    remedy: 'Check the names, or label some videos first.',
  },
} as const satisfies Readonly<Partial<Record<StudioErrorCode | `${StudioErrorCode}/${string}`, ErrorText>>>;

export type ErrorId = keyof typeof ERROR_TEXTS;
