"""Renders templates with Jinja2 as the tools of the eras do: what make.ts hands over on standard input."""

import json
import os
import sys
import traceback

import jinja2
from jinja2.utils import missing

assert jinja2.__version__ == "3.1.6", jinja2.__version__


# A dict as Python 2 has it, which the templates were written for; error messages call it by its usual name.
Dict = type("dict", (dict,), {"iteritems": dict.items, "__module__": "builtins"})


def read(written, seen):
    if not isinstance(written, dict):
        return written
    if "int" in written:
        return int(written["int"])
    if "float" in written:
        return float(written["float"])
    if "same" in written:
        return seen[written["same"]]
    if "list" in written:
        value = seen[written["id"]] = []
        value.extend(read(item, seen) for item in written["list"])
    else:
        value = seen[written["id"]] = Dict()
        for key, item in written["map"]:
            value[read(key, seen)] = read(item, seen)
    return value


def line_in_template(frame, lineno):
    template = frame.f_globals.get("__jinja_template__")
    return template and template.get_corresponding_lineno(lineno)


class Noting(jinja2.Undefined):
    """The usual Undefined, which also says where it was used: a missing key only where it is printed or looped over."""

    notes = []

    def _note(self, is_tested):
        if is_tested and self._undefined_obj is not missing:
            return
        frame = sys._getframe(2)
        while line_in_template(frame, frame.f_lineno) is None:
            frame = frame.f_back
        note = {"line": line_in_template(frame, frame.f_lineno), "name": self._undefined_name}
        if note not in self.notes:
            self.notes.append(note)

    def __str__(self):
        self._note(False)
        return super().__str__()

    def __iter__(self):
        self._note(False)
        return super().__iter__()

    def __bool__(self):
        self._note(True)
        return super().__bool__()

    def __eq__(self, other):
        self._note(True)
        return super().__eq__(other)

    def __ne__(self, other):
        return not self == other

    __hash__ = jinja2.Undefined.__hash__


def failure(error, file):
    if isinstance(error, jinja2.TemplateSyntaxError):
        return {"kind": "TemplateSyntaxError", "line": error.lineno}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return {"kind": type(error).__name__, "line": frames[-1].lineno}


texts, outcomes = {}, {}
for given in json.load(sys.stdin):
    seen = {}
    context = {name: read(value, seen) for name, value in given["context"]}
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(given["root"]), undefined=Noting)
    Noting.notes = []
    outcome = {}
    try:
        with open(given["file"], encoding="utf-8", newline="") as opened:
            code = environment.compile(opened.read(), given["file"], given["file"])
        template = jinja2.Template.from_code(environment, code, environment.make_globals(None))
        texts[given["name"]] = template.render(context)
    except Exception as error:
        outcome["raises"] = failure(error, given["file"])
    else:
        if Noting.notes:
            outcome["undefined"] = Noting.notes
    if outcome:
        outcomes[given["name"]] = outcome
json.dump({"texts": texts, "outcomes": outcomes}, sys.stdout)
