"""The notebook that everybody finds at the first start: it asks a served model for a prediction."""

import json
from textwrap import dedent
from typing import Any

NAME = "iris.ipynb"
KEPT = f"/usr/local/share/slipway/{NAME}"
HOME = "/home/jovyan"
ABOUT = "# A prediction\n\nThe model `iris` is served in this cluster. It asks for no password, and for no package."


def notebook(models: str) -> str:
    """The notebook (nbformat 4.5), as JSON, for models in namespace `models`."""
    cells = [
        _cell("about", ABOUT),
        _cell("ask", _code(f"http://iris.{models}.svc/v2/models/iris/infer"), "code", execution_count=None, outputs=[]),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def values(models: str) -> dict[str, Any]:
    """What the chart is told below `singleuser`: a copy is put into a home that has none, and is its owner's then."""
    copy = f"[ -e {HOME}/{NAME} ] || cp {KEPT} {HOME}/{NAME}"
    return {
        "extraFiles": {NAME: {"mountPath": KEPT, "stringData": notebook(models)}},
        "lifecycleHooks": {"postStart": {"exec": {"command": ["sh", "-c", copy]}}},
    }


def _cell(name: str, source: str, kind: str = "markdown", **parts: Any) -> dict[str, Any]:
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source, **parts}


def _code(url: str) -> str:
    return dedent(f"""\
        import json
        from urllib.request import Request, urlopen

        url = "{url}"
        flower = [5.1, 3.5, 1.4, 0.2]  # sepal length and width, petal length and width, in cm
        tensor = {{"name": "measurements", "shape": [1, 4], "datatype": "FP64", "data": [flower]}}
        body = json.dumps({{"inputs": [tensor]}}).encode()
        with urlopen(Request(url, body, {{"Content-Type": "application/json"}}), timeout=30) as answer:
            prediction = json.load(answer)["outputs"][0]["data"][0]
        print(("setosa", "versicolor", "virginica")[prediction])""")
