"""Makes .venv as the lock files say: `setup.py` what slipway needs, `setup.py dev` what its tests need too.

Nothing is done where .venv is so already. What is out of date or was interrupted is made anew: the packages are in
the installer's cache by then, so that takes seconds. Needs Python's own library only.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "complete"
"""Written last: what .venv was made from."""
BASE = os.path.realpath(sys.executable)
"""The interpreter itself, also where .venv is activated."""
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
POLICY, POLICY_LOCK = ROOT / "infra/policy/.venv", "requirements-policy.lock"
"""The policy pack's own: its library needs an older protobuf."""
CLOUDS, CLOUDS_LOCK = ROOT / ".clouds", "requirements-clouds.lock"
"""What types and tests of the clouds need, apart: Pulumi loads the plugin of each package that it finds in .venv."""
STORES, STORES_LOCK = ROOT / ".stores", "requirements-stores.lock"
"""What fetches models, as its image has it: its clients need older packages. And a stand-in for S3."""
INPUTS = (*LOCKS.values(), POLICY_LOCK, CLOUDS_LOCK, STORES_LOCK, "scripts/installer.lock", "pyproject.toml")
LOG = Path.home() / ".local/state/slipway/logs/setup.log"
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
"""A user's settings of pip, by the variables that say the same to uv."""


class Stage(NamedTuple):
    """One line on the screen."""

    title: str
    command: tuple[str, ...]


def main() -> None:
    """Bring .venv up to date. Exit code 1 with object, fact and cure where that cannot be."""
    kind = "dev" if "dev" in sys.argv[1:] else "run"
    try:
        with Path(__file__).open() as lock:
            _take(lock)
            if not _current(kind):
                _make(kind, lock.fileno())
    except KeyboardInterrupt:
        sys.exit("interrupted. Run it again: it starts anew")
    except OSError as error:
        sys.exit(f"{error.filename or VENV}: {error.strerror}. Mend that, or remove {VENV}, and run it again")


def _take(lock: IO[str]) -> None:
    """One at a time, and not before the programs that a killed one has started have ended: they hold it too."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another set-up of {VENV} is at work; waiting for it", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _current(kind: str) -> bool:
    """What tests need covers what slipway needs."""
    return STAMP.exists() and STAMP.read_text() in {_stamp(kind), _stamp("dev")}


def _stamp(kind: str) -> str:
    made_from = [platform.python_version(), BASE, str(ROOT), *((ROOT / name).read_text() for name in INPUTS)]
    return f"{kind} {hashlib.sha256(repr(made_from).encode()).hexdigest()}\n"


def _make(kind: str, lock: int) -> None:
    STAMP.unlink(missing_ok=True)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w") as log:
        for stage in stages(kind):
            _carry_out(stage, log, lock)
    STAMP.write_text(_stamp(kind))


def stages(kind: str) -> Iterator[Stage]:
    """What makes .venv, in order."""
    python, uv = str(VENV / "bin/python"), str(VENV / "bin/uv")
    install = (uv, "pip", "install", "--python")
    yield from _missing_package()
    yield Stage("Virtual environment .venv", (BASE, "-m", "venv", "--clear", str(VENV)))
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    yield Stage("Installer", (*pip, "--require-hashes", "-r", "scripts/installer.lock"))
    os.environ |= _as_for_pip(python)
    yield Stage(f"Packages of {LOCKS[kind]}", (*install, python, "--require-hashes", "-r", LOCKS[kind]))
    yield Stage("Slipway", (*install, python, "--no-deps", "--no-build-isolation", "--offline", "--editable", "."))
    if kind == "dev":
        yield Stage("Policy pack's environment", (uv, "venv", "--clear", "--python", BASE, str(POLICY)))
        yield Stage("Its packages", (*install, str(POLICY), "--require-hashes", "-r", POLICY_LOCK))
        apart = ("--target", str(CLOUDS), "--no-deps", "--require-hashes")
        yield Stage("Packages of the clouds", (*install, python, *apart, "-r", CLOUDS_LOCK))
        yield Stage("Environment of the stores' clients", (uv, "venv", "--clear", "--python", BASE, str(STORES)))
        yield Stage("Their packages", (*install, str(STORES), "--require-hashes", "-r", STORES_LOCK))


def _missing_package() -> Iterator[Stage]:
    """Debian and Ubuntu keep the part of Python that makes virtual environments in a package of its own."""
    if not subprocess.run([BASE, "-c", "import ensurepip, venv"], capture_output=True).returncode:
        return
    package = f"python3.{sys.version_info.minor}-venv"
    sudo = () if os.geteuid() == 0 else ("sudo",)
    allowed = not sudo or (shutil.which("sudo") and not subprocess.run(["sudo", "--validate"]).returncode)
    if not (shutil.which("apt-get") and allowed):
        sys.exit(f"{BASE}: it cannot make virtual environments. Install it: sudo apt-get install {package}")
    print(f"{BASE} cannot make virtual environments: installing the Debian package {package}", file=sys.stderr)
    yield Stage("Package lists", (*sudo, "apt-get", "update"))
    yield Stage(f"Package {package}", (*sudo, "apt-get", "install", "--yes", "--no-install-recommends", package))


def _as_for_pip(python: str) -> dict[str, str]:
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    settings = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    chosen = {key.rpartition(".")[2]: value.strip("'\"").replace("\\n", " ") for key, value in settings.items()}
    wanted = {variable: chosen[key] for key, variable in PIP_TO_UV.items() if key in chosen}
    return {"UV_SYSTEM_CERTS": "true"} | {key: value for key, value in wanted.items() if key not in os.environ}


def _carry_out(stage: Stage, log: IO[str], lock: int) -> None:
    began = time.monotonic()
    log.write(f"$ {' '.join(stage.command)}\n")
    log.flush()
    with Popen(stage.command, cwd=ROOT, pass_fds=(lock,), stdin=DEVNULL, stdout=log, stderr=STDOUT) as process:
        while process.poll() is None:
            _show("\r… {:<44} {:>5.1f} s", stage.title, began, live=True)
            time.sleep(0.1)
    if process.returncode:
        last = "\n".join(LOG.read_text(errors="replace").splitlines()[-15:])
        ended = f"{stage.title}: ended with {process.returncode}"
        sys.exit(f"\n{last}\n\n{ended}. All it said: {LOG}. Mend that and run it again")
    _show("\r✓ {:<44} {:>5.1f} s\n", stage.title, began)


def _show(line: str, title: str, began: float, live: bool = False) -> None:
    terminal = sys.stderr.isatty()
    if terminal or not live:
        text = line.format(title, time.monotonic() - began)
        print(text if terminal else text.lstrip("\r"), end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
