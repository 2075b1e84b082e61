"""
Reads EAF files with pympi, and writes some.
Usage: elan-reader.py FOLDER. Every NAME.eaf makes NAME.found.json; FOLDER/tiers.json makes FOLDER/pympi.eaf, FOLDER/again.eaf is NAME.eaf saved by pympi.
"""
import json
import sys
from importlib.metadata import version
from pathlib import Path

from pympi.Elan import Eaf

folder = Path(sys.argv[1])
for path in sorted(each for each in folder.glob("*.eaf") if each.name.count(".") == 1):
    eaf = Eaf(str(path))
    tiers = {}
    for name in eaf.get_tier_names():
        parameters = eaf.get_parameters_for_tier(name)
        annotations = eaf.get_annotation_data_for_tier(name)
        tiers[name] = {
            "parent": parameters.get("PARENT_REF"),
            "annotator": parameters.get("ANNOTATOR"),
            "participant": parameters.get("PARTICIPANT"),
            "type": parameters["LINGUISTIC_TYPE_REF"],
            "constraint": eaf.get_parameters_for_linguistic_type(parameters["LINGUISTIC_TYPE_REF"]).get("CONSTRAINTS"),
            # Associated texts have the times of what they belong to.
            "annotations": [list(each[:3]) for each in annotations],
        }
    found = {
        "tiers": tiers,
        "vocabulary": [value for entry, _ in eaf.controlled_vocabularies["expressions"][1].values() for value, _, _ in entry],
        "media": [each["MEDIA_URL"] for each in eaf.media_descriptors],
        "linked": [each["LINK_URL"] for each in eaf.linked_file_descriptors],
        "properties": [list(each) for each in eaf.properties],
    }
    path.with_suffix(".found.json").write_text(json.dumps(found), encoding="utf-8")
    eaf.to_file(str(path.with_suffix(".saved.eaf")))

# Tiers that ELAN allows and this program never writes: subdivided tiers, gaps, unicode names, labels that overlap in two tiers.
own = json.loads((folder / "tiers.json").read_text(encoding="utf-8"))
eaf = Eaf(author="pympi")
eaf.remove_tier("default")
eaf.add_linked_file("file:///videos/a%20b.mp4", "./a%20b.mp4", "video/mp4")
eaf.add_linguistic_type("label")
eaf.add_linguistic_type("remark", constraints="Symbolic_Association", timealignable=False)
for name, annotations in own["tiers"].items():
    eaf.add_tier(name, "label")
    for start, end, value in annotations:
        eaf.add_annotation(name, start, end, value)
for name, (parent, annotations) in own["associated"].items():
    eaf.add_tier(name, "remark", parent=parent)
    for time, value in annotations:
        eaf.add_ref_annotation(name, parent, time, value)
eaf.to_file(str(folder / "by.pympi.eaf"))
print(version("pympi-ling"))
