"""Whether the charts of an environment are where it says, in the version that it says, and know the values it sets."""

import http.client
import io
import json
import tarfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from components.chart_values import OPEN_ENDED, Known, unknown_keys
from components.unit import Chart, Unit
from infra.doctor import Check
from infra.downloads import within

SECONDS = 10.0
"""The longest wait for one answer."""
AT_ONCE = 8
UNREADABLE = (OSError, http.client.HTTPException, tarfile.TarError, yaml.YAMLError, ValueError, LookupError)


def checks(units: Iterable[Unit]) -> Iterator[Check]:
    """One for each chart; `ok` is None for what could not be looked at from here."""
    charts = [chart for unit in units for chart in unit.charts]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(_check, charts)


def _check(chart: Chart) -> Check:
    name = f"{chart.name} {chart.version}"
    if chart.repository.startswith("oci://"):
        return Check(name, None, f"is in an OCI registry, {chart.repository}, which is not looked into")
    try:
        archive = _archive(chart)
    except _NoSuchVersion as error:
        return Check(name, False, *error.args)
    except UNREADABLE as error:
        return Check(name, None, f"{chart.repository} cannot be read from here: {_reason(error)}")
    try:
        unknown = unknown_keys(chart, _known(chart, archive))
    except UNREADABLE as error:
        return Check(name, False, f"its archive cannot be read: {_reason(error)}", "Publish it anew, or choose another")
    if unknown:
        return Check(name, False, f"does not know {', '.join(unknown)}", "Raise the chart and its values together")
    return Check(name, True, f"is in {chart.repository} and knows every value that is set")


class _NoSuchVersion(Exception):
    """Fact and cure."""


def _archive(chart: Chart) -> bytes:
    """The chart's .tgz, of a folder or of a repository's index."""
    if not chart.repository.startswith(("http://", "https://")):
        path = Path(chart.repository).expanduser() / f"{chart.name}-{chart.version}.tgz"
        if not path.exists():
            raise _NoSuchVersion(f"there is no {path}", f"helm pull {chart.name} --version {chart.version}")
        return path.read_bytes()
    index: dict[str, Any] = yaml.load(_get(f"{chart.repository}/index.yaml"), yaml.CSafeLoader)
    entries = index["entries"].get(chart.name, [])
    found = [entry["urls"][0] for entry in entries if entry["version"] == chart.version]
    if not found:
        newest = ", ".join(entry["version"] for entry in entries[:3]) or "none"
        raise _NoSuchVersion(f"is not in {chart.repository}", f"Choose one that is, such as: {newest}")
    return _get(urllib.parse.urljoin(f"{chart.repository}/", found[0]))


def _get(url: str) -> bytes:
    def ask() -> bytes:
        with urllib.request.urlopen(url, timeout=SECONDS) as response:
            content: bytes = response.read()
            return content

    return within(SECONDS, ask)


def _known(chart: Chart, archive: bytes) -> Known:
    """What the chart in the archive says of its values; the values of charts within it are not looked at."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        values = yaml.safe_load(_member(opened, chart, "values.yaml") or b"") or {}
        schema = json.loads(_member(opened, chart, "values.schema.json") or b"{}")
        description = yaml.safe_load(_member(opened, chart, "Chart.yaml") or b"") or {}
    inner = (each.get("alias", each["name"]) for each in description.get("dependencies", ()))
    return Known(values, schema, (*OPEN_ENDED.get(chart.name, ()), *inner))


def _member(archive: tarfile.TarFile, chart: Chart, name: str) -> bytes | None:
    try:
        member = archive.extractfile(f"{chart.name}/{name}")
    except KeyError:
        return None
    return member.read() if member else None


def _reason(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"it answers {error.code} {error.reason}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return " ".join(str(reason).split()) or f"no answer within {SECONDS:.0f} s"
