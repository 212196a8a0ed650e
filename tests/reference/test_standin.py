"""``install_as_h11``: what ``import h11`` gets within the block, and that nothing is left after it.

Of the reference only: h11 needs no stand-in.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from unittest import mock

import pytest

from h11spec import reference
from h11spec.reference import install_as_h11

STAND_INS = {f"h11.{name}" for name in ("_connection", "_events", "_headers", "_state", "_util")}


def modules_of_h11() -> dict[str, ModuleType]:
    return {
        name: module
        for name, module in sys.modules.items()
        if name == "h11" or name.startswith("h11.")
    }


@pytest.fixture(autouse=True)
def _own_modules() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]  # used by its mark
    """Other tests find the modules as they were, whatever is imported here."""
    with mock.patch.dict(sys.modules):
        yield


@pytest.fixture
def before() -> dict[str, ModuleType]:
    """Imports the installed h11, with its submodules."""
    import_module("h11")
    import_module("h11._connection")
    return modules_of_h11()


def forget_h11() -> None:
    for name in modules_of_h11():
        del sys.modules[name]


@pytest.mark.usefixtures("before")
def test_within_the_block_h11_is_the_reference() -> None:
    """For every form of the import statement, also with h11 imported before."""
    with install_as_h11():
        import h11
        from h11 import Connection

    assert vars(h11)["__version__"] == reference.__version__
    found: list[object] = [Connection, h11.Connection]
    assert found == [reference.Connection] * 2


def test_a_star_import_gets_the_whole_namespace() -> None:
    """All 23 names, each of them the reference's."""
    names: dict[str, object] = {}
    with install_as_h11():
        exec("from h11 import *", names)  # noqa: S102  # no function may hold a star import
    assert {name: names[name] for name in reference.__all__} == {
        name: getattr(reference, name) for name in reference.__all__
    }


def test_what_programs_import_from_private_modules_is_there() -> None:
    """The limit that uvicorn takes, the Headers that wsproto takes, and the public names."""
    with install_as_h11():
        limit = import_module("h11._connection").DEFAULT_MAX_INCOMPLETE_EVENT_SIZE
        assert limit == 16384
        assert import_module("h11._connection").Connection is reference.Connection
        fields = import_module("h11._headers").Headers
        assert import_module("h11._events").Request is reference.Request
        assert import_module("h11._state").IDLE is reference.IDLE
        assert import_module("h11._util").RemoteProtocolError is reference.RemoteProtocolError
    assert type(reference.EndOfMessage().headers) is fields


def test_a_from_import_of_the_limit_works() -> None:
    """As uvicorn writes it."""
    with install_as_h11():
        from h11._connection import DEFAULT_MAX_INCOMPLETE_EVENT_SIZE

    assert DEFAULT_MAX_INCOMPLETE_EVENT_SIZE == 16384


@pytest.mark.usefixtures("before")
def test_within_the_block_no_module_is_left_of_h11() -> None:
    """A private module that has no stand-in cannot be imported: it would be half of another h11."""
    with install_as_h11():
        assert modules_of_h11().keys() == {"h11"} | STAND_INS
        with pytest.raises(ModuleNotFoundError, match=r"h11\._readers"):
            import_module("h11._readers")


def test_h11_is_put_back(before: dict[str, ModuleType]) -> None:
    """The very modules that were imported before, and all others untouched."""
    everything = dict(sys.modules)
    with install_as_h11():
        assert sys.modules["h11"] is not before["h11"]
    assert sys.modules == everything
    assert modules_of_h11() == before
    assert import_module("h11") is before["h11"]


def test_only_what_was_imported_is_put_back() -> None:
    """Without h11 before there is none after; the next import finds the installed one."""
    forget_h11()
    with install_as_h11():
        import_module("h11")
    assert modules_of_h11() == {}
    assert import_module("h11") is not reference
    assert import_module("h11").Connection is not reference.Connection


@pytest.mark.usefixtures("before")
def test_submodules_imported_before_are_put_back() -> None:
    """Also one that stands alone, without the package that it belongs to."""
    alone = sys.modules["h11._readers"]
    forget_h11()
    sys.modules["h11._readers"] = alone
    with install_as_h11():
        assert "h11._readers" not in sys.modules
    assert modules_of_h11() == {"h11._readers": alone}


def test_h11_is_put_back_after_an_exception(before: dict[str, ModuleType]) -> None:
    """The exception itself goes on."""
    with pytest.raises(ZeroDivisionError), install_as_h11():
        raise ZeroDivisionError
    assert modules_of_h11() == before


def test_what_is_added_in_the_block_is_removed(before: dict[str, ModuleType]) -> None:
    """Only below h11's name: other modules that were imported in the block stay."""
    added = ModuleType("h11._added")
    with install_as_h11():
        sys.modules["h11._added"] = added
        sys.modules["h11_added"] = added
        del sys.modules["h11._util"]
    assert modules_of_h11() == before
    assert sys.modules["h11_added"] is added


@pytest.mark.parametrize("name", ["h11spec", "h11_mypyc", "h11x", "xh11", "x.h11"])
def test_names_that_only_resemble_h11s_are_left_alone(name: str) -> None:
    """The package itself is among them."""
    module = sys.modules.setdefault(name, ModuleType(name))
    with install_as_h11():
        assert sys.modules[name] is module
    assert sys.modules[name] is module


def test_blocks_nest(before: dict[str, ModuleType]) -> None:
    """The inner block ends in what the outer one installed, the outer one in h11."""
    with install_as_h11():
        outer = modules_of_h11()
        with install_as_h11():
            assert modules_of_h11() == outer
        assert modules_of_h11() == outer
        assert import_module("h11").Connection is reference.Connection
    assert modules_of_h11() == before


def test_a_block_within_which_h11_was_forced_back_nests(before: dict[str, ModuleType]) -> None:
    """Each block restores what it found, whoever put it there."""
    with install_as_h11():
        outer = modules_of_h11()
        forget_h11()
        sys.modules.update(before)
        with install_as_h11():
            assert modules_of_h11() == outer
        assert modules_of_h11() == before
    assert modules_of_h11() == before


def test_the_block_can_be_entered_again(before: dict[str, ModuleType]) -> None:
    """Also as a decorator, once for each call."""

    @install_as_h11()
    def imported() -> ModuleType:
        return import_module("h11")

    assert [imported().Connection, imported().Connection] == [reference.Connection] * 2
    assert modules_of_h11() == before


def test_modules_imported_in_the_block_keep_the_reference(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stay imported, and run on the reference for good."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "program_on_h11.py").write_text("import h11\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    with install_as_h11():
        inside = import_module("program_on_h11")
    assert sys.modules["program_on_h11"] is inside
    assert inside.h11.Connection is reference.Connection
    assert import_module("h11").Connection is not reference.Connection


@pytest.mark.usefixtures("before")
def test_a_submodule_is_an_attribute_of_the_package() -> None:
    """However it is imported."""
    with install_as_h11():
        import h11._connection as direct
        from h11 import _connection as from_package
    assert direct is from_package
    assert vars(direct)["Connection"] is reference.Connection


@pytest.mark.usefixtures("before")
def test_nothing_else_can_be_imported_from_it() -> None:
    """Not the reference's own modules by another name: that would be a second copy of them."""
    with install_as_h11(), pytest.raises(ModuleNotFoundError):
        import_module("h11.events")
    assert reference.events is sys.modules["h11spec.reference.events"]
