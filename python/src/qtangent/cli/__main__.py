"""python -m qtangent.cli"""

import sys

from . import main

sys.exit(main())
