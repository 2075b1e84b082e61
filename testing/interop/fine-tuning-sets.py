"""
Reads fine-tuning sets as the loaders of other programs do. Usage: fine-tuning-sets.py FOLDER, which has a folder for each form.
Writes FOLDER/found.json: for each form a line for each clip: split, name, label, number of frames, height, width.
"""
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", HF_HOME=str(Path(sys.argv[1]) / "hf"))
import cv2
import datasets
import numpy
import pandas
from decord import VideoReader, cpu

folder = Path(sys.argv[1]).resolve()
SPLITS = ("train", "val", "test")
found = {}


def videomae():
    """VideoMAE (kinetics.py, VideoClsDataset): a list without a header, divided by blanks; clips are decoded by decord."""
    os.chdir(folder / "videomae")
    for split in SPLITS:
        for path, label in pandas.read_csv(f"{split}.csv", header=None, delimiter=" ").values:
            reader = VideoReader(path, num_threads=1, ctx=cpu(0))
            frames = reader.get_batch(range(len(reader))).asnumpy()
            yield [split, Path(path).stem, int(label), *frames.shape[:3]], frames


def images(paths):
    frames = [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in paths]
    return numpy.stack(frames)


def raw_frames():
    """VideoMAE V2 (datasets.py, RawFrameClsDataset): folder, number of frames, label; frames are numbered from 1."""
    os.chdir(folder / "frames")
    for split in SPLITS:
        for path, count, label in pandas.read_csv(f"rawframes_{split}.csv", header=None, delimiter=" ").values:
            frames = images(Path(path) / f"{i + 1:06}.jpg" for i in range(int(count)))
            yield [split, Path(path).name, int(label), *frames.shape[:3]], frames


def frame_folders():
    """MAE-DFER: folder and label; all pictures of a folder, sorted by name."""
    os.chdir(folder / "frames")
    for split in SPLITS:
        for path, label in pandas.read_csv(f"{split}.csv", header=None, delimiter=" ").values:
            frames = images(sorted(Path(path).glob("*.jpg")))
            yield [split, Path(path).name, int(label), *frames.shape[:3]], frames


def dfew():
    """DFEW: a table for each of five folds, labels from 1, 16 pictures a clip in a folder with the number of the clip."""
    os.chdir(folder / "dfew")
    for fold in range(1, 6):
        for part in ("train", "test"):
            for name, label in pandas.read_csv(f"EmoLabel_DataSplit/{part}(single-labeled)/set_{fold}.csv").values:
                (pictures,) = Path("Clip/clip_224x224_16f").glob(f"*{name:05}")
                frames = images(sorted(pictures.glob("*.jpg")))
                yield [f"{part} {fold}", pictures.name, int(label), *frames.shape[:3]], frames


def video_folder():
    """Hugging Face: folders of splits and labels, with metadata.csv."""
    splits = datasets.load_dataset("videofolder", data_dir=str(folder / "videofolder"), cache_dir=str(folder / "cache"))
    # The label is a text; its number is its place in classes.txt.
    classes = datasets.ClassLabel(names=(folder / "videofolder" / "classes.txt").read_text().split())
    for name, split in splits.items():
        if not {"participant", "onset_s", "apex_s", "offset_s"} <= set(split.column_names):
            raise ValueError(f"metadata.csv was not read: {split.column_names}")
        for row in split.cast_column("video", datasets.Video(decode=False)).cast_column("label", classes):
            path = Path(row["video"]["path"])
            capture = cv2.VideoCapture(str(path))
            frames = []
            while True:
                isRead, frame = capture.read()
                if not isRead:
                    break
                frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
            yield [name, path.stem, row["label"], *numpy.stack(frames).shape[:3]], numpy.stack(frames)


first = {}
for form, clips in (("videomae", videomae), ("raw-frames", raw_frames), ("frame-folders", frame_folders), ("dfew", dfew), ("videofolder", video_folder)):
    found[form] = []
    for line, frames in clips():
        # All forms have the same pictures: the difference is that of their compression.
        same = first.setdefault(line[1], frames)
        difference = float(numpy.abs(same.astype(int) - frames.astype(int)).mean()) if same.shape == frames.shape else None
        found[form].append([*line, difference])
(folder / "found.json").write_text(json.dumps(found))
print(f"decord {version('decord')}, opencv {cv2.__version__}, datasets {version('datasets')}")
