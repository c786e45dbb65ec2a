"""Due times on the CN calendar by other tools, on the inputs of bench/src/sla.rs. Prints one JSON line a tool:
{"name", "version", "per_second", "checksum"}; the checksum (sum of due instants, seconds) must equal ours."""

import datetime as dt
import importlib.metadata as metadata
import json
import time

import chinese_calendar
import timegrid

UTC_OFFSET = 8 * 3600  # Shanghai has had no other since 1991
EPOCH = dt.datetime(1970, 1, 1)
FROM, TO = 1704038400, 1780243200  # 2024-01-01 and 2026-06-01 in Shanghai
COUNT = 20000
WINDOWS = ((9 * 3600, 12 * 3600), (13 * 3600 + 1800, 18 * 3600))
DAY_SECS = sum(to - begin for begin, to in WINDOWS)
ROUNDS = 3


def inputs():
    """The same sequence as `Inputs` in bench/src/sla.rs: (local start, target seconds)."""
    state = 20260101
    for _ in range(COUNT):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        start = FROM + (state >> 33) % (TO - FROM)
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        target = 900 + (state >> 33) % (40 * 3600)
        yield EPOCH + dt.timedelta(seconds=start + UTC_OFFSET), target


def by_chinesecalendar(start, target):
    """What people write on top of it: whole working days are skipped, the rest is walked window by window."""
    day = start.date()
    second = start.hour * 3600 + start.minute * 60 + start.second
    while True:
        if chinese_calendar.is_workday(day):
            if second == 0 and target > DAY_SECS:
                target -= DAY_SECS
            else:
                for begin, end in WINDOWS:
                    begin = max(begin, second)
                    if begin < end:
                        if target <= end - begin:
                            return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=begin + target)
                        target -= end - begin
        day += dt.timedelta(days=1)
        second = 0


def timegrid_calendar():
    calendar = timegrid.TimeGridCalendar.create()
    for begin, end in WINDOWS:
        calendar = calendar.open_weekdays(clock(begin), clock(end))
    day = dt.date(2024, 1, 1)
    while day <= dt.date(2026, 12, 31):
        weekday, workday = day.weekday() < 5, chinese_calendar.is_workday(day)
        if weekday and not workday:
            calendar = calendar.close(day)
        elif workday and not weekday:
            for begin, end in WINDOWS:
                calendar = calendar.open(dt.datetime.combine(day, clock(begin)), dt.datetime.combine(day, clock(end)))
        day += dt.timedelta(days=1)
    return calendar


def clock(second):
    return dt.time(second // 3600, second // 60 % 60)


def measure(name, package, due):
    cases = list(inputs())
    best, checksum = 0.0, 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answers = [due(start, target) for start, target in cases]
        best = max(best, len(cases) / (time.perf_counter() - began))
        checksum = sum(int((answer - EPOCH).total_seconds()) - UTC_OFFSET for answer in answers)
    print(json.dumps({
        "name": name,
        "version": metadata.version(package),
        "per_second": round(best, 1),
        "checksum": checksum,
    }))


if __name__ == "__main__":
    calendar = timegrid_calendar()
    measure("timegrid", "timegrid", lambda start, target: calendar.add_work_duration(start, dt.timedelta(seconds=target)))
    measure("chinesecalendar", "chinesecalendar", by_chinesecalendar)
