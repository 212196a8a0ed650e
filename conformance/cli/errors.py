"""How the commands report errors.

Owns the messages and the exit codes of errors. It must not know which command failed.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

import click
from rich.console import Console

from ...reports.files import UnwritableFolder
from ...reports.record.record import RecordError
from ..baseline.file import BaselineError
from ..execution.signals import handle_signals
from ..runs.exit_codes import BROKEN, INTERRUPTED
from ..targets.target import TargetError


@contextmanager
def reported_errors(verbose: bool) -> Generator[None]:
    """Reports an error of the block in one line, and exits with its exit code.

    Args:
        verbose: print the details of an error as well.
    """
    restore = handle_signals()
    try:
        yield
    except TargetError as error:
        if verbose and error.details:
            click.echo(error.details, err=True)
        more = "" if verbose or not error.details else " (--verbose shows more)"
        click.echo(f"h11spec: {error}{more}", err=True)
        sys.exit(BROKEN)
    except (RecordError, BaselineError, UnwritableFolder) as error:
        raise click.UsageError(str(error)) from None
    except click.ClickException:
        raise
    except KeyboardInterrupt:
        click.echo("h11spec: interrupted before any check was run", err=True)
        sys.exit(INTERRUPTED)
    except Exception:
        Console(stderr=True).print_exception()
        click.echo("h11spec: this is a bug in h11spec; please report it", err=True)
        sys.exit(BROKEN)
    finally:
        restore()
