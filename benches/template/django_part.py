"""Django's part of the suite `template`: microseconds a render, template compiled, autoescape off.

The lower quartile of short samples: what else the machine does only ever adds time.
"""

import json
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.template import Context, Engine

settings.configure(USE_I18N=False, USE_TZ=True, TIME_ZONE="UTC")
django.setup()
engine = Engine(autoescape=False)
folder = Path(__file__).resolve().parent.parent / "templates"
figures = {}
for name, source in json.loads(sys.argv[1]).items():
    template = engine.from_string((folder / f"{source}.django").read_text())
    context = json.loads((folder / f"{name}.json").read_text())

    def render():
        return template.render(Context(context, autoescape=False))

    output = render()
    samples = []
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < 0.004:
        render()
        calls += 1
    for _ in range(40):
        start = time.perf_counter()
        for _ in range(calls):
            render()
        samples.append((time.perf_counter() - start) * 1e6 / calls)
    figures[name] = {"warm": sorted(samples)[10], "output": output}
print(json.dumps(figures))
