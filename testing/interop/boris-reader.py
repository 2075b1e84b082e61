"""
Opens BORIS projects with BORIS's own modules, without a window: checks them, exports their events, saves them, and imports sheets of events.
Usage: boris.py FOLDER. Every NAME.boris in it makes NAME.found.json, NAME.tabular.tsv, NAME.aggregated.tsv, NAME.saved.boris and NAME.imported.boris.
"""
import json
import os
import sys
from decimal import Decimal
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PyQt5.QtWidgets import QApplication

application = QApplication([])
from boris import config, export_events, import_observations, project_functions, select_observations, select_subj_behav, utilities, version

# A message box would wait for a person for ever.
messages = []


class Messages:
    """QMessageBox without a window."""

    Ok = Default = NoButton = Yes = No = 0

    def __getattr__(self, name):
        return lambda *arguments: messages.append(str(arguments[-3] if len(arguments) > 3 else arguments[-1]))


for module in (export_events, import_observations, project_functions):
    module.QMessageBox = Messages()


class Window:
    """What the functions of BORIS use of its main window."""

    def __init__(self, project, observation):
        self.pj = project
        self.observationId = observation

    def load_tw_events(self, observation):
        pass

    def project_changed(self):
        pass


class Files:
    """QFileDialog that chooses a file by itself."""

    path = ""

    def getSaveFileName(self, *_):
        return Files.path, config.TSV


export_events.QFileDialog = Files


def export(project, observation, export_function, path):
    everything = {
        config.SELECTED_SUBJECTS: [each[config.SUBJECT_NAME] for each in project[config.SUBJECTS].values()] + [config.NO_FOCAL_SUBJECT],
        config.SELECTED_BEHAVIORS: [each[config.BEHAVIOR_CODE] for each in project[config.ETHOGRAM].values()],
        config.INCLUDE_MODIFIERS: True,
        config.EXCLUDE_BEHAVIORS: False,
        "time": config.TIME_EVENTS,
        config.START_TIME: Decimal("NaN"),
        config.END_TIME: Decimal("NaN"),
    }
    select_observations.select_observations2 = lambda *_, **__: ("", [observation])
    select_subj_behav.choose_obs_subj_behav_category = lambda *_, **__: everything
    Files.path = str(path)
    export_function(Window(project, observation))


def save(project, path):
    # As in BORIS (core.py): json with its own conversion of decimals.
    text = json.dumps(project, default=utilities.decimal_default, indent=config.PROJECT_FILE_INDENTATION_DEFAULT_VALUE)
    path.write_text(text, encoding="utf-8")


def opened(path):
    _, changed, project, message = project_functions.open_project_json(str(path))
    if "error" in project:
        raise ValueError(project["error"])
    return changed, project, message


folder = Path(sys.argv[1])
for path in sorted(each for each in folder.glob("*.boris") if each.name.count(".") == 1):
    changed, project, message = opened(path)
    (observation,) = project[config.OBSERVATIONS]
    problems = project_functions.check_project_integrity(project, config.HHMMSS, str(path), media_file_available=False)
    events = project[config.OBSERVATIONS][observation][config.EVENTS]
    flagged = project_functions.events_start_stop(project[config.ETHOGRAM], events, config.MEDIA)
    messages.clear()
    # With a problem, the export would ask a person.
    if events and not problems.replace("<br>", "").strip():
        export(project, observation, export_events.export_tabular_events, path.with_suffix(".tabular.tsv"))
        export(project, observation, export_events.export_aggregated_events, path.with_suffix(".aggregated.tsv"))
    save(project, path.with_suffix(".saved.boris"))
    sheet = path.with_suffix(".xlsx")
    exported = list(messages)
    messages.clear()
    if sheet.exists():
        project[config.OBSERVATIONS][observation][config.EVENTS] = []
        import_observations.load_observations_from_spreadsheet(Window(project, observation), str(sheet))
        save(utilities.convert_time_to_decimal(project), path.with_suffix(".imported.boris"))
    found = {
        "changed": changed,
        "message": message,
        "problems": problems.replace("<br>", "").strip(),
        "messages": exported,
        "imported": list(messages),
        "events": [[float(each[0]), *each[1:5], each[-1]] for each in flagged],
    }
    path.with_suffix(".found.json").write_text(json.dumps(found), encoding="utf-8")
print(version.__version__)
