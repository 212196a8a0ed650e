"""``install_as_h11``: what ``import h11`` gives within the block, and its clean-up.

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
    """Restores sys.modules after each test."""
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
    """Every form of the import statement gives it, even if h11 was imported before."""
    with install_as_h11():
        import h11
        from h11 import Connection

    assert vars(h11)["__version__"] == reference.__version__
    found: list[object] = [Connection, h11.Connection]
    assert found == [reference.Connection] * 2


def test_a_star_import_gets_the_whole_namespace() -> None:
    """All 23 names, each from the reference."""
    names: dict[str, object] = {}
    with install_as_h11():
        exec("from h11 import *", names)  # noqa: S102  # no function may hold a star import
    assert {name: names[name] for name in reference.__all__} == {
        name: getattr(reference, name) for name in reference.__all__
    }


def test_private_names_that_programs_import_exist() -> None:
    """The limit that uvicorn imports, the Headers that wsproto imports, and the public names."""
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
def test_within_the_block_no_other_module_of_h11_can_be_imported() -> None:
    """A private module without a stand-in would mix two implementations."""
    with install_as_h11():
        assert modules_of_h11().keys() == {"h11"} | STAND_INS
        with pytest.raises(ModuleNotFoundError, match=r"h11\._readers"):
            import_module("h11._readers")


def test_h11_is_restored(before: dict[str, ModuleType]) -> None:
    """The same modules as before, and all others unchanged."""
    everything = dict(sys.modules)
    with install_as_h11():
        assert sys.modules["h11"] is not before["h11"]
    assert sys.modules == everything
    assert modules_of_h11() == before
    assert import_module("h11") is before["h11"]


def test_only_modules_imported_before_are_restored() -> None:
    """If h11 was not imported before, the next import finds the installed one."""
    forget_h11()
    with install_as_h11():
        import_module("h11")
    assert modules_of_h11() == {}
    assert import_module("h11") is not reference
    assert import_module("h11").Connection is not reference.Connection


@pytest.mark.usefixtures("before")
def test_submodules_imported_before_are_restored() -> None:
    """Even a single one without its package."""
    alone = sys.modules["h11._readers"]
    forget_h11()
    sys.modules["h11._readers"] = alone
    with install_as_h11():
        assert "h11._readers" not in sys.modules
    assert modules_of_h11() == {"h11._readers": alone}


def test_h11_is_restored_after_an_exception(before: dict[str, ModuleType]) -> None:
    """The exception propagates."""
    with pytest.raises(ZeroDivisionError), install_as_h11():
        raise ZeroDivisionError
    assert modules_of_h11() == before


def test_modules_added_in_the_block_are_removed(before: dict[str, ModuleType]) -> None:
    """Only those below h11; other modules imported in the block stay."""
    added = ModuleType("h11._added")
    with install_as_h11():
        sys.modules["h11._added"] = added
        sys.modules["h11_added"] = added
        del sys.modules["h11._util"]
    assert modules_of_h11() == before
    assert sys.modules["h11_added"] is added


@pytest.mark.parametrize("name", ["h11spec", "h11_mypyc", "h11x", "xh11", "x.h11"])
def test_similar_names_are_left_alone(name: str) -> None:
    """Including h11spec itself."""
    module = sys.modules.setdefault(name, ModuleType(name))
    with install_as_h11():
        assert sys.modules[name] is module
    assert sys.modules[name] is module


def test_blocks_nest(before: dict[str, ModuleType]) -> None:
    """The inner block restores the outer one's modules, the outer one h11."""
    with install_as_h11():
        outer = modules_of_h11()
        with install_as_h11():
            assert modules_of_h11() == outer
        assert modules_of_h11() == outer
        assert import_module("h11").Connection is reference.Connection
    assert modules_of_h11() == before


def test_a_block_nests_even_if_h11_was_put_back_in_between(before: dict[str, ModuleType]) -> None:
    """Each block restores the modules it found."""
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
    """They stay imported and keep using the reference."""
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
    """This holds for either form of import."""
    with install_as_h11():
        import h11._connection as direct
        from h11 import _connection as from_package
    assert direct is from_package
    assert vars(direct)["Connection"] is reference.Connection


@pytest.mark.usefixtures("before")
def test_other_modules_of_the_reference_cannot_be_imported_as_h11() -> None:
    """Each would be a second copy of a module of the reference."""
    with install_as_h11(), pytest.raises(ModuleNotFoundError):
        import_module("h11.events")
    assert reference.events is sys.modules["h11spec.reference.events"]
