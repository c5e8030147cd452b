"""A sample is one kind of payload for a service of its own, as of a few minutes ago: the first word
(`body`), the sender's next word about it (`end`), and what a reader would say must come of it."""
import dataclasses
import datetime
import zlib

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
FIRED, ENDED = (NOW - datetime.timedelta(minutes=m) for m in (6, 3))
NEVER = "0001-01-01T00:00:00Z"
SNS_TEXT = "text/plain; charset=UTF-8"
JSON = "application/json"
# A sender that states no severity says only that something is wrong.
ALARMING = ("critical", "major", "high", "minor", "warning", "medium")
SERIOUS = ("critical", "major", "high")


@dataclasses.dataclass
class Sample:
    title: str
    alerta: str | None  # path; None: it has no endpoint for this kind
    hub: str  # path, or "syslog"
    body: object
    names: tuple  # services that must be named, one alert each
    severities: tuple = ALARMING
    end: object = None
    end_leaves: str = "closed"
    timed: bool = True  # False: nothing in the payload tells a late delivery from a new one
    expects: str = "alert"  # "nothing open", "link": what the first word must give
    content: str = JSON
    headers: dict = dataclasses.field(default_factory=dict)


def number(text, digits):
    """The same on every run, another one for another text."""
    return f"{zlib.crc32(text.encode()):0{digits}}"
