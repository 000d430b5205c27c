"""Where the engine starts the policy pack: with this folder, whatever it is called, as the root of the program."""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PACKAGE = "slipway_policy"


def load() -> None:
    """Makes this folder importable as a package, so that its relative imports hold here too."""
    found = importlib.util.spec_from_file_location(
        PACKAGE, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert found
    assert found.loader
    sys.modules[PACKAGE] = package = importlib.util.module_from_spec(found)
    found.loader.exec_module(package)


if __name__ == "__main__":
    load()
    importlib.import_module(f"{PACKAGE}.pack").main()
