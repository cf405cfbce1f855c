"""Finds the contracts in a checkout: in `schemas/` at the top. In the wheel those files stand here instead of this."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas import *  # noqa: F403 - what schemas.__all__ names
else:
    _room = Path(__file__).parent.parent.parent / "schemas"
    _spec = spec_from_file_location(__name__, _room / "__init__.py", submodule_search_locations=[str(_room)])
    # What stands in sys.modules after this file has run is what everybody who imports it gets.
    sys.modules[__name__] = module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[__name__])
