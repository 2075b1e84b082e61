"""
Imports tasks into Label Studio and exports them, in its own code without a server.
Usage: label-studio-server.py FOLDER. Every NAME.json with NAME.xml (the labelling configuration) makes
NAME.found.json: what the import said; NAME.exported.json: the export; and NAME.whole.json: the export with what predictions contain.
"""
import json
import os
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

folder = Path(sys.argv[1])
data = folder / "label-studio"
data.mkdir()
warnings.simplefilter("ignore")
# No usage reports, no look at newer versions.
os.environ.update(
    DJANGO_SETTINGS_MODULE="core.settings.label_studio",
    DJANGO_DB="sqlite",
    BASE_DATA_DIR=str(data),
    LABEL_STUDIO_BASE_DATA_DIR=str(data),
    COLLECT_ANALYTICS="0",
    SENTRY_DSN="",
    FRONTEND_SENTRY_DSN="",
    LATEST_VERSION_CHECK="0",
    LOG_LEVEL="ERROR",
    SECRET_KEY="for tests",
)
import label_studio

sys.path.insert(0, str(Path(label_studio.__file__).parent))
import django

django.setup()
from django.conf import settings
from django.core.management import call_command

call_command("migrate", verbosity=0)
settings.ALLOWED_HOSTS = ["*"]
from organizations.models import Organization
from rest_framework.test import APIClient
from users.models import User

user = User.objects.create_user("tester@example.org", "a password of a test")
user.active_organization = Organization.create_organization(created_by=user, title="test")
user.save()
client = APIClient()
client.force_authenticate(user)


def answer(response):
    """The JSON of an answer, or what went wrong."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return {"status": response.status_code, "json": json.loads(content) if content else None}


for path in sorted(each for each in folder.glob("*.json") if each.name.count(".") == 1):
    configuration = path.with_suffix(".xml").read_text(encoding="utf-8")
    project = answer(client.post("/api/projects/", {"title": f"labels of {path.stem}", "label_config": configuration}, format="json"))
    found = {"project": project}
    if project["status"] == 201:
        number = project["json"]["id"]
        found["imported"] = answer(client.post(f"/api/projects/{number}/import", json.loads(path.read_text(encoding="utf-8")), format="json"))
        # Labels that a person makes in Label Studio.
        own = path.with_suffix(".labels")
        if own.exists():
            (task,) = answer(client.get(f"/api/tasks/?project={number}&fields=all"))["json"]["tasks"]
            body = {"result": json.loads(own.read_text(encoding="utf-8"))}
            found["labelled"] = answer(client.post(f"/api/tasks/{task['id']}/annotations/", body, format="json"))["status"]
        exported = answer(client.get(f"/api/projects/{number}/export?exportType=JSON&download_all_tasks=true"))
        tasks = answer(client.get(f"/api/tasks/?project={number}&fields=all"))
        found["exported"] = exported["status"]
        # The export lists the ids of predictions only; the list of tasks has what they contain.
        predictions = {each["id"]: each["predictions"] for each in tasks["json"]["tasks"]}
        path.with_suffix(".exported.json").write_text(json.dumps(exported["json"]), encoding="utf-8")
        whole = [{**each, "predictions": predictions[each["id"]]} for each in exported["json"]]
        path.with_suffix(".whole.json").write_text(json.dumps(whole), encoding="utf-8")
    path.with_suffix(".found.json").write_text(json.dumps(found), encoding="utf-8")
print(f"Label Studio {version('label-studio')}")
