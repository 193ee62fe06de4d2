"""Whether a value has the form that a JSON Schema describes; the keywords that ours uses, any other is an error."""

from __future__ import annotations

from typing import Any

_TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": (int, float),
}  # fmt: skip
_WORDS = {"$schema", "title", "description", "$defs"}


def faults(
    value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, place: str = "$"
) -> list[str]:
    root = schema if root is None else root
    found: list[str] = []
    for keyword, asked in schema.items():
        if keyword in _WORDS or keyword in ("properties", "items", "additionalProperties"):
            continue
        if keyword == "$ref":
            found += faults(value, root["$defs"][asked.removeprefix("#/$defs/")], root, place)
        elif keyword == "type":
            right = isinstance(value, _TYPES[asked]) and (asked == "boolean" or not isinstance(value, bool))
            found += [] if right else [f"{place} is {value!r:.40}, no {asked}"]
        elif keyword == "enum":
            found += [] if value in asked else [f"{place} is {value!r:.40}, none of {asked}"]
        elif keyword == "const":
            found += [] if value == asked else [f"{place} is not {asked!r}"]
        elif keyword == "anyOf":
            tried = [faults(value, one, root, place) for one in asked]
            found += [] if not all(tried) else [f"{place} fits none of {len(asked)}: {tried}"]
        elif keyword == "required":
            found += [f"{place} lacks {one}" for one in asked if isinstance(value, dict) and one not in value]
        elif keyword == "minimum":
            found += (
                [f"{place} is below {asked}"] if isinstance(value, (int, float)) and value < asked else []
            )
        elif keyword in ("minItems", "maxItems"):
            size = len(value) if isinstance(value, list) else asked
            wrong = size < asked if keyword == "minItems" else size > asked
            found += [f"{place} has {size} items"] if wrong else []
        else:
            raise AssertionError(f"the schema has {keyword}, which this check does not know")
    if isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            if key in schema["properties"]:
                found += faults(inner, schema["properties"][key], root, f"{place}.{key}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{place} has {key}, which the schema does not know")
    if isinstance(value, list) and "items" in schema:
        for k, inner in enumerate(value):
            found += faults(inner, schema["items"], root, f"{place}[{k}]")
    return found
