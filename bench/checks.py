"""What the scripts beside it say where something is not as it should be."""


def equal(what, is_, should):
    if is_ != should:
        raise AssertionError(f"{what}: {is_!r}, not {should!r}")


def holds(what, text, part):
    if part not in text:
        raise AssertionError(f"{what}: no {part!r} in\n{text[:3000]}")


def lacks(what, text, part):
    if part in text:
        raise AssertionError(f"{what}: {part!r} in\n{text[:3000]}")
