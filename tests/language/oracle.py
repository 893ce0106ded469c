"""Renders template cases with Django, for the tests to compare with.

One JSON request a line on stdin, as the conformance corpus has them; one JSON answer a line on stdout:
{"output": "..."}, {"error": "TemplateSyntaxError", "message": "..."}, or {"skip": "why"}.
"""

import datetime
import json
import resource
import signal
import sys

import django
from django.conf import settings

settings.configure(LANGUAGE_CODE="en-us", USE_TZ=True, TIME_ZONE="UTC")
django.setup()

import django.contrib.humanize.templatetags.humanize as humanize  # noqa: E402
import django.template.defaulttags as defaulttags  # noqa: E402
import django.utils.timesince as timesince  # noqa: E402
from django.template import Context, Engine  # noqa: E402

# The moment that the Rust side renders at, too.
NOW = datetime.datetime(2024, 5, 17, 10, 30, tzinfo=datetime.timezone.utc)
MAX_OUTPUT = 1 << 20
SECONDS = 5


class LikeDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, datetime.datetime)


class StoppedClock(datetime.datetime, metaclass=LikeDatetime):
    @classmethod
    def now(cls, tz=None):
        return NOW.astimezone(tz) if tz else NOW.replace(tzinfo=None)


class StoppedModule:
    datetime = StoppedClock
    date = datetime.date


humanize.datetime = StoppedClock
defaulttags.datetime = StoppedClock
timesince.datetime = StoppedModule


def revive(value):
    if isinstance(value, dict):
        if len(value) == 1 and "$datetime" in value:
            return datetime.datetime.fromisoformat(value["$datetime"])
        if len(value) == 1 and "$date" in value:
            return datetime.date.fromisoformat(value["$date"])
        return {key: revive(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [revive(inner) for inner in value]
    return value


def render(case):
    engine = Engine(
        loaders=[("django.template.loaders.locmem.Loader", case["templates"])],
        libraries={"humanize": "django.contrib.humanize.templatetags.humanize"},
        autoescape=case["autoescape"],
        string_if_invalid=case["string_if_invalid"],
    )
    context = Context(revive(case["context"]), autoescape=case["autoescape"])
    return engine.get_template(case["name"]).render(context)


class TooSlow(BaseException):
    pass


def on_alarm(_signal, _frame):
    raise TooSlow


def answer(case):
    signal.alarm(SECONDS)
    try:
        output = render(case)
        output.encode()
        if len(output) > MAX_OUTPUT:
            return {"skip": "a large output"}
        return {"output": str(output)}
    except (MemoryError, RecursionError, TooSlow, UnicodeEncodeError) as error:
        return {"skip": type(error).__name__}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)[:500]}
    finally:
        signal.alarm(0)


def main():
    signal.signal(signal.SIGALRM, on_alarm)
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


main()
