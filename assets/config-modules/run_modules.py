# Runs the configuration modules of a tree, by Python 2.7 and 3. It reads one JSON from its stdin (`Asked` in
# src/engine/config/python/run-modules.ts) and writes one to its stdout (`Said`); whatever the modules print goes to
# stderr.
#
# A module may compute, read, and write below the folder the program works in. It logs in nowhere: what the original
# tools offer their modules (paiLibrary) is played here, and `docker login` only writes down, in this folder, what the
# docker command would. Starting programs, connecting and writing elsewhere is refused. That keeps well-meant modules
# from doing harm; it is no cage for others.
from __future__ import print_function

import base64
import datetime
import io
import json
import os
import re
import shlex
import signal
import sys
import traceback
import types

HERE = os.getcwd()
ANSWER = os.dup(1)
os.dup2(2, 1)
PY2 = sys.version_info[0] == 2
TEXT = type(u"")
WHOLE = (int, long) if PY2 else (int,)  # noqa: F821


class Refused(BaseException):
    """Not an Exception, so that a module which carries on after a failure does not carry on after this."""


REFUSED = []


def refuse(what):
    REFUSED.append(what)
    raise Refused(what)


# ---------------------------------------------------------------- values

DATES = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?)?$")


def text_of(text):
    """As PyYAML for Python 2 has it: what is ASCII is no unicode."""
    if PY2:
        try:
            return text.encode("ascii")
        except UnicodeEncodeError:
            return text
    return text


def date_of(text):
    found = DATES.match(text)
    if not found:
        return text_of(text)
    numbers = [int(each) for each in found.groups() if each is not None]
    return (datetime.date if len(numbers) == 3 else datetime.datetime)(*numbers)


def decode(nodes):
    made = [[] if "l" in node else {} for node in nodes]

    def value(encoded):
        if not isinstance(encoded, list):
            return text_of(encoded) if isinstance(encoded, TEXT) else encoded
        kind, what = encoded
        if kind == "n":
            return made[what]
        return {"i": int, "f": float, "d": date_of}[kind](what)

    for node, target in zip(nodes, made):
        if "l" in node:
            target.extend(value(item) for item in node["l"])
        else:
            for key, item in node["m"]:
                target[value(key)] = value(item)
    return value


class Unspeakable(Exception):
    pass


class Encoder(object):
    def __init__(self):
        self.nodes = []
        self.places = {}
        self.kept = []

    def encode(self, value, path):
        if value is None or isinstance(value, (bool, TEXT)):
            return value
        if isinstance(value, bytes) and PY2:
            return value.decode("utf-8", "replace")
        if isinstance(value, WHOLE):
            return ["i", str(int(value))]
        if isinstance(value, float):
            return ["f", repr(value)]
        if isinstance(value, (datetime.datetime, datetime.date)):
            return ["d", str(value)]
        if isinstance(value, str):
            return str(value)
        if isinstance(value, dict) or isinstance(value, (list, tuple)):
            return ["n", self.place(value, path)]
        raise Unspeakable("%s is a %s, which no configuration holds" % (".".join(path), type(value).__name__))

    def place(self, value, path):
        known = self.places.get(id(value))
        if known is not None:
            if self.nodes[known] is None:
                raise Unspeakable("%s holds itself" % ".".join(path))
            return known
        place = len(self.nodes)
        self.nodes.append(None)
        self.places[id(value)] = place
        self.kept.append(value)
        if isinstance(value, dict):
            entries = [[self.key(key, path), self.encode(item, path + [str(key)])] for key, item in value.items()]
            self.nodes[place] = {"m": entries}
        else:
            self.nodes[place] = {"l": [self.encode(item, path + [str(at)]) for at, item in enumerate(value)]}
        return place

    def key(self, key, path):
        if isinstance(key, (dict, list, tuple, set, frozenset)):
            raise Unspeakable("%s has a %s as a key" % (".".join(path), type(key).__name__))
        return self.encode(key, path)


# ---------------------------------------------------------------- what modules must not do

HUB = "https://index.docker.io/v1/"


def docker_config():
    return os.path.join(HERE, ".docker", "config.json")


def played(command):
    """What a command says that is played, as text; every other one is refused."""
    words = command if isinstance(command, TEXT) or isinstance(command, str) else " ".join(command)
    parts = shlex.split(words) if isinstance(command, (str, TEXT)) else list(command)
    if parts[:2] == ["docker", "login"]:
        return log_in(parts[2:])
    if re.search(r"^\s*(cat|base64)\b[^;&<>]*\.docker/config\.json", words):
        with io.open(docker_config(), "rb") as opened:
            content = opened.read()
        if "base64" in words:
            content = base64.b64encode(content)
        return content.decode("ascii")
    refuse("starts a program (%s)" % (parts[0] if parts else "none"))


def log_in(words):
    given = {"-u": None, "-p": None}
    server = ""
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        name = {"--username": "-u", "--password": "-p"}.get(name, name)
        if name in given:
            given[name] = value if equals else words.pop(0)
        elif word.startswith("-"):
            refuse("logs in with docker login %s" % name)
        else:
            server = word
    if server in ("", "public", "docker.io"):
        server = HUB
    auth = base64.b64encode(("%s:%s" % (given["-u"], given["-p"])).encode("utf-8")).decode("ascii")
    if not os.path.isdir(os.path.dirname(docker_config())):
        os.mkdir(os.path.dirname(docker_config()), 0o700)
    text = '{\n\t"auths": {\n\t\t%s: {\n\t\t\t"auth": "%s"\n\t\t}\n\t}\n}' % (json.dumps(server), auth)
    with io.open(docker_config(), "wb") as opened:
        opened.write(text.encode("utf-8"))
    return "Login Succeeded\n"


class PlayedPopen(object):
    def __init__(self, args, *more, **options):
        self.args = args
        said = played(args)
        isText = options.get("universal_newlines") or options.get("text") or options.get("encoding")
        self.said = said if isText or PY2 else said.encode("ascii")
        self.stdout = (io.StringIO if isText and not PY2 else io.BytesIO)(self.said)
        self.stderr = None
        self.returncode = 0
        self.pid = 0

    def communicate(self, *more, **options):
        return self.said, self.said[:0]

    def wait(self, *more, **options):
        return 0

    poll = wait

    def __enter__(self):
        return self

    def __exit__(self, *more):
        return None


def play_programs():
    import subprocess

    if not PY2:
        subprocess.run = lambda args, *more, **options: (
            subprocess.CompletedProcess(args, 0, PlayedPopen(args, **options).said, None)
        )
    subprocess.Popen = PlayedPopen
    subprocess.check_output = lambda args, *more, **options: PlayedPopen(args, **options).said
    subprocess.call = subprocess.check_call = lambda args, *more, **options: PlayedPopen(args).returncode
    if hasattr(subprocess, "getoutput"):
        subprocess.getoutput = played
        subprocess.getstatusoutput = lambda command: (0, played(command))
    os.system = lambda command: 0 if played(command) is not None else 1
    os.popen = lambda command, *more: PlayedPopen(command, text=True).stdout
    for name in dir(os):
        if re.match(r"(exec|spawn|posix_spawn|fork)", name):
            setattr(os, name, lambda *more, **options: refuse("starts a program"))


def is_here(path):
    if isinstance(path, int):
        return True
    if isinstance(path, bytes) and not PY2:
        path = os.fsdecode(path)
    whole = os.path.realpath(path)
    return whole == HERE or whole.startswith(HERE + os.sep) or whole == os.devnull


WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink",
            "os.truncate", "os.utime", "os.setxattr", "os.removexattr")
PROGRAMS = ("os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "subprocess.Popen", "pty.spawn")
NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
           "socket.gethostbyname", "socket.gethostbyaddr")


def guard(event, args):
    if event in PROGRAMS:
        refuse("starts a program")
    if event in NETWORK:
        refuse("uses the network")
    if event == "open" and len(args) == 3 and isinstance(args[2], int) and args[2] & WRITING and not is_here(args[0]):
        refuse("writes into %s" % (args[0],))
    if event in CHANGING and not all(is_here(each) for each in args[:2] if isinstance(each, (str, bytes))):
        refuse("changes %s" % (args[0],))


def guard_python2():
    import __builtin__
    import socket

    def no_network(*more, **options):
        refuse("uses the network")

    socket.socket = socket.create_connection = socket.getaddrinfo = no_network

    def guarded(function):
        def opened(name, mode="r", *more, **options):
            if set(mode) & set("wax+") and not is_here(name):
                refuse("writes into %s" % (name,))
            return function(name, mode, *more, **options)

        return opened

    __builtin__.open = guarded(__builtin__.open)
    __builtin__.file = __builtin__.open
    io.open = guarded(io.open)

    def guarded_change(function, name):
        def change(path, *more, **options):
            flags = more[0] if name == "open" and more else 0
            if (name != "open" or flags & WRITING) and not is_here(path):
                refuse("changes %s" % (path,))
            return function(path, *more, **options)

        return change

    for event in CHANGING + ("os.open", "os.unlink", "os.makedirs"):
        name = event[3:]
        if hasattr(os, name):
            setattr(os, name, guarded_change(getattr(os, name), name))


class Played(types.ModuleType):
    """A module or a function of the original tools, whichever it is used as: only running commands is played."""

    __path__ = []
    __file__ = None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        whole = "%s.%s" % (self.__name__, name)
        return sys.modules.setdefault(whole, Played(whole))

    def __call__(self, *args, **options):
        name = self.__name__.split(".")[-1]
        if not name.startswith("execute_shell"):
            refuse("calls %s of the original tools" % self.__name__)
        said = played(args[0])
        return said if "output" in name else True


class Tools(object):
    """Finds the packages of the original tools, by both protocols of imports."""

    names = ("paiLibrary", "k8sPaiLibrary", "deployment", "clusterObjectModel")

    def find_module(self, name, path=None):
        return self if name.split(".")[0] in self.names else None

    def load_module(self, name):
        module = sys.modules[name] = Played(name)
        return module

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in self.names:
            return None
        import importlib.machinery

        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Played(spec.name)

    def exec_module(self, module):
        pass


# ---------------------------------------------------------------- the modules

def load(file, name):
    folder = os.path.dirname(file)
    sys.path.append(folder)
    try:
        if PY2:
            import imp

            return imp.load_source(name, file)
        import importlib.util

        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(folder)


def class_name(name):
    return name.replace("-", " ").title().replace(" ", "")


class Failed(Exception):
    def __init__(self, asked, phase, kind, message, line=None, trace=""):
        Exception.__init__(self, message)
        self.said = {"module": asked["name"], "phase": phase, "kind": kind, "message": message, "line": line,
                     "trace": trace}


def attempt(asked, phase, work):
    with io.open(os.path.join(HERE, "at"), "wb") as at:
        at.write(asked["name"].encode("utf-8"))
    try:
        result = work()
    except Refused as refused:
        raise failure(asked, phase, "refused", str(refused))
    except ImportError as error:
        name = getattr(error, "name", None) or str(error).split(" ")[-1]
        raise failure(asked, phase, "import", str(name))
    except SystemExit as error:
        raise failure(asked, phase, "exception", "it ended the program (exit %s)" % (error.code,))
    except BaseException as error:  # noqa: B902
        raise failure(asked, phase, "exception", "%s: %s" % (type(error).__name__, error))
    if REFUSED:
        raise Failed(asked, phase, "refused", REFUSED[0])
    return result


def failure(asked, phase, kind, message):
    error, trace = sys.exc_info()[1], sys.exc_info()[2]
    frames = [frame for frame in traceback.extract_tb(trace) if frame[0] != __file__ and "importlib" not in frame[0]]
    own = [frame[1] for frame in frames if os.path.realpath(frame[0]) == os.path.realpath(asked["file"])]
    line = own[-1] if own else None
    if isinstance(error, SyntaxError) and os.path.realpath(error.filename or "") == os.path.realpath(asked["file"]):
        line = error.lineno
    return Failed(asked, phase, kind, message, line, "".join(traceback.format_list(frames)))


def check(asked, phase, answer):
    ok, message = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, None)
    if not ok:
        raise Failed(asked, phase, "said", str(message or "%s says no" % phase))


def carry_out(asked):
    value = decode(asked["nodes"])
    modules = []
    for each in asked["modules"]:
        def make(each=each):
            module = load(each["file"], each["name"].replace("-", "_") + "_configuration")
            kind = getattr(module, class_name(each["name"]), None)
            if kind is None:
                raise LookupError("it has no class %s" % class_name(each["name"]))
            return kind(*[value(given) for given in each["given"]])

        modules.append((each, attempt(each, "loading", make)))
    for each, module in modules:
        check(each, "validation_pre", attempt(each, "validation_pre", module.validation_pre if hasattr(
            module, "validation_pre") else lambda: missing("validation_pre")))
    whole = value(asked["whole"])
    for each, module in modules:
        whole[text_of(each["name"])] = attempt(each, "run", lambda: module.run())
    for each, module in modules:
        check(each, "validation_post", attempt(each, "validation_post", lambda: module.validation_post(whole)))
    encoder = Encoder()
    values = {}
    for each, module in modules:
        result = whole.get(text_of(each["name"]))
        values[each["name"]] = attempt(each, "run", lambda: encoder.encode(result, [each["name"]]))
    return {"nodes": encoder.nodes, "values": values}


def missing(name):
    raise LookupError("it has no %s" % name)


def main():
    asked = json.loads(io.open(0, "rb", closefd=False).read().decode("utf-8"))
    signal.alarm(asked["seconds"])
    sys.path.append(os.path.join(HERE, "tree"))
    sys.meta_path.insert(0, Tools())
    sys.dont_write_bytecode = True
    play_programs()
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(guard)
    elif PY2:
        guard_python2()
    os.chdir(os.path.join(HERE, "tree"))
    try:
        said = carry_out(asked)
    except Failed as failed:
        said = {"failed": failed.said}
    with os.fdopen(ANSWER, "wb") as answer:
        answer.write(json.dumps(said).encode("ascii"))


main()
