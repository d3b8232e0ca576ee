"""Named cases, run one after another; each says `ok NAME` or how it failed."""

import threading
import time
import traceback

CASES = []

# A bound for a case that is stuck, not an expectation of speed.
LIMIT_SECONDS = 60


def case(function):
    CASES.append(function)
    return function


def run(*args):
    """Runs every case with the arguments. The exit code of the program: 0 when all passed."""
    failed = 0
    for function in CASES:
        name = function.__name__.replace("_", " ")
        try:
            function(*args)
        except BaseException:
            failed += 1
            print("FAILED", name, flush=True)
            traceback.print_exc()
        else:
            print("ok", name, flush=True)
    if failed == 0 and CASES:
        print("all %d passed" % len(CASES), flush=True)
        return 0
    return 1


def until(what, check, limit=LIMIT_SECONDS):
    """Waits until the check gives something true, and gives that; a check that raises is asked again."""
    give_up_at = time.monotonic() + limit
    while True:
        try:
            found = check()
        except Exception as error:
            found = error
        else:
            if found:
                return found
        if time.monotonic() > give_up_at:
            raise AssertionError("waited in vain for %s; last: %r" % (what, found))
        time.sleep(0.01)


def spawn(function, *args):
    """Runs it in a thread; `result()` waits for the end and gives what it gave, or raises what it raised."""
    box = {}

    def body():
        try:
            box["value"] = function(*args)
        except BaseException as error:
            box["error"] = error

    thread = threading.Thread(target=body, daemon=True)
    thread.start()

    def result():
        thread.join(LIMIT_SECONDS)
        assert not thread.is_alive(), "still runs: %r" % function
        if "error" in box:
            raise box["error"]
        return box.get("value")

    result.is_done = lambda: not thread.is_alive()
    return result


def raises(error, function, *args, **named):
    try:
        given = function(*args, **named)
    except error as raised:
        return raised
    raise AssertionError("%s was expected, %r was given" % (error.__name__, given))


def same(actual, expected):
    assert actual == expected, "%r is not %r" % (actual, expected)
