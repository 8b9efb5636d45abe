"""Run them: ``python -m experiments [NAME ...] [--check] [--out DIR]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments import lenet_digits, storage, translated_digits
from lecturelib import data

EXPERIMENTS = {"lenet_digits": lenet_digits, "translated_digits": translated_digits}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run experiments and store their results, or compare them with what is stored.

    Parameters
    ----------
    arguments : sequence of str, optional
        Of the command line.

    Returns
    -------
    int
        0; 1 if a result is further from the stored one than its tolerance.
    """
    parser = argparse.ArgumentParser(prog="python -m experiments", description=__doc__.split(":")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(EXPERIMENTS)}; all if none")
    parser.add_argument("--check", action="store_true", help="compare with the stored results, store nothing")
    parser.add_argument("--out", type=Path, default=storage.FOLDER, help="where the results go")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(EXPERIMENTS))
    if unknown:
        parser.error(f"no experiment is called {unknown[0]}; there are {', '.join(EXPERIMENTS)}")
    far = 0
    for name in options.names or EXPERIMENTS:
        experiment = EXPERIMENTS[name]
        result = storage.described(name, experiment.SETTINGS, experiment.run(experiment.SETTINGS))
        if options.check:
            differences = storage.differences(data.result(name), result, experiment.TOLERANCE)
            far += len(differences)
            print("\n".join(differences) or f"{name}: as stored, within {experiment.TOLERANCE}")
        else:
            print(f"{name}: {storage.write(result, options.out)}")
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
