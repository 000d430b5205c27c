"""The part of YAML that every reader takes alike: what an environment file may be made of."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from components.errors import Invalid, Mistake

DEPTH = 50
STANDARD = "tag:yaml.org,2002:"
UNSAFE = (
    (re.compile(r"[-+]?0[0-9_]+"), "{} is octal to Pulumi and decimal to others. Leave out the zero, or quote it"),
    (re.compile(r"[-+]?[0-9_]{16,}"), "{:.16}... has more digits than JSON keeps. Put it in quotes"),
    (re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?"), "{} is a date to YAML. Put it in quotes"),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "{} is no number that Pulumi takes. Write another one"),
)
"""Plain scalars, and what is wrong with them."""
CURES = {
    r"'\t'": "Indent with spaces, not with tabs",
    "another document": "Give each environment a file of its own",
    "end of the file": "Close what is open",
    "mapping values": "Indent by two more than the key above, or put the text in quotes",
    "cannot start any token": "Put the text in quotes",
    "undefined alias": "Put it in quotes, or define it above",
}
"""By words of the parser."""


def load(text: str, name: str) -> Any:
    """What the text of file `name` says, with the lines of it. Raises Invalid with every line that is no plain YAML."""
    if found := list(_mistakes(text)):
        raise wrong(*(f"{name}:{line}: {message}" for line, message in found))
    try:
        return YAML().load(text)
    except DuplicateKeyError as error:
        raise wrong(f"{_place(name, error)}: {str(error.problem).split(' with value')[0]}. Keep one") from None
    except MarkedYAMLError as error:
        raise wrong(f"{_place(name, error)}: not YAML: {_problem(error)}") from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise wrong(f"{name}:{line}: not YAML: the control character {chr(error.character)!r}. Remove it") from None
    except (YAMLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # Beside its own errors, the parser lets those of the values that it builds pass: of a number, of a date.
        raise wrong(f"{name}: not YAML: {' '.join(str(error).split())}. Mend it") from None


def wrong(*messages: str) -> Invalid:
    """Mistakes of a file as such."""
    return Invalid(Mistake((), message) for message in messages)


def _mistakes(text: str) -> Iterator[tuple[int, str]]:
    """The line of each thing that readers differ about, and what it is; up to where the text is no YAML at all."""
    around: list[str | None] = []
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, yaml.CSafeLoader):
            if message := _wrong(event, around):
                yield event.start_mark.line + 1 if event.start_mark else 1, message
            if len(around) > DEPTH:
                return
            if isinstance(event, yaml.CollectionStartEvent):
                around.append(event.anchor)
            elif isinstance(event, yaml.CollectionEndEvent):
                around.pop()


def _wrong(event: yaml.Event, around: list[str | None]) -> str | None:
    """What is wrong with an event within collections of the anchors `around`."""
    if isinstance(event, yaml.DocumentStartEvent) and event.version:
        return "a %YAML directive changes what words mean. Remove it"
    if isinstance(event, yaml.AliasEvent) and event.anchor in around:
        return f"*{event.anchor} stands for what it is part of. Write out what is meant"
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
        return f"the tag {event.tag.replace(STANDARD, '!!')} may mean anything. Remove it"
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.CollectionStartEvent) and len(around) == DEPTH:
        return f"is nested {DEPTH} levels deep. An environment needs a dozen"
    return None


def _scalar(event: yaml.ScalarEvent) -> str | None:
    if event.style:
        return None
    return next((words.format(event.value) for shape, words in UNSAFE if shape.fullmatch(event.value)), None)


def _place(name: str, error: MarkedYAMLError) -> str:
    return f"{name}:{error.problem_mark.line + 1}" if error.problem_mark else name


def _problem(error: MarkedYAMLError) -> str:
    """What is wrong and what to do about it."""
    problem = str(error.problem).replace("<stream end>", "the end of the file")
    fact = f"{error.context}, {problem}" if problem.startswith("but ") else problem
    return f"{fact}. {next((cure for words, cure in CURES.items() if words in fact), 'Mend that line')}"
