"""How Sphinx makes the site of these pages, the gallery and the docstrings: `make docs`."""

import os
import sys
from pathlib import Path

import qtangent

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "extensions"))

# The gallery's figures are the same on every machine.
os.environ.setdefault("MPLBACKEND", "agg")

project = "QTangent"
author = copyright = "The QTangent developers"
release = version = qtangent.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx-mathjax-offline",
    "docstrings",
    "python_reference",
    "c_reference",
    "command_reference",
    "offline",
]
# Scripts that the gallery shows, and what is included in other pages.
exclude_patterns = ["gallery", "extensions"]

# Every reference must land. Types in signatures are names of ours and of others that no page describes.
nitpicky = True
nitpick_ignore_regex = [("py:(class|exc|data|obj)", ".*"), ("c:identifier", ".*")]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# By their names: what stands behind them fills half a page.
autodoc_type_aliases = {
    name: name
    for name in (
        "AngleLike", "ArrayLike", "Build", "Callbacks", "Complex", "Executor", "Optimizer", "Real", "Schedule", "Setup"
    )
}  # fmt: skip
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_attr_annotations = False
# Single backticks are code, as in Markdown.
default_role = "code"
add_module_names = False

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "filename_pattern": r"\.py$",
    "within_subsection_order": "ExampleTitleSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "write_computation_times": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 10_000,
    "image_srcset": ["2x"],
    "matplotlib_animations": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "QTangent"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": True,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": []}
copybutton_prompt_text = r">>> |\$ "
copybutton_prompt_is_regexp = True
