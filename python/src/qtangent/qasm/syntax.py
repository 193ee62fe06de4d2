"""From text to syntax tree: the grammar is that of the package openqasm3, the refusals and their words are ours."""

from __future__ import annotations

import re
from typing import Any

from antlr4 import CommonTokenStream, InputStream, Token
from antlr4.error.ErrorListener import ErrorListener
from openqasm3 import ast
from openqasm3.parser import (  # type: ignore[attr-defined]
    QASM3ParsingError,
    QASMNodeVisitor,
    qasm3Lexer,
    qasm3Parser,
)

from . import limits
from .errors import QasmError
from .progress import Progress

_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_SEPARATORS = frozenset(";,")
_OPERATORS = frozenset(["+", "-", "*", "/", "%", "**", "^", "~", "!", "&", "|", "<<", ">>", "&&", "||", "++"])
# Words that only version 3 keeps for itself.
_NAMES_IN_2 = frozenset(
    """
    input output const readonly mutable qubit bit bool int uint float angle complex array void duration stretch def extern
    box let break continue else end return for while in switch case default dim durationof delay
    """.split()  # noqa: SIM905
)


def parse(text: str) -> tuple[ast.Program, int]:
    """The syntax tree of a program, and its version.

    Args:
        text: OpenQASM 2 or 3.

    Returns:
        The tree, and 2 or 3.

    Raises:
        QasmError: for what the grammar does not know, and for what is too large or too deep to be parsed.
    """
    if len(text) > limits.CHARACTERS:
        raise QasmError(f"the text has {len(text)} characters; {limits.CHARACTERS} are the limit")
    statements = text.count(";")
    if statements > limits.GATES:
        raise QasmError(f"the text has {statements} statements; {limits.GATES} are the limit")
    listener = _Listener()
    lexer = qasm3Lexer(InputStream(text))
    lexer.removeErrorListeners()
    lexer.addErrorListener(listener)
    with Progress(len(text)) as progress:
        stream = _Stream(lexer)
        stream.progress = progress
        stream.fill()
        if len(stream.tokens) == 1:
            raise QasmError("the text has no statements")
        version = _version(stream.tokens)
        if version == 2:
            _translate(stream.tokens)
        _scan(stream.tokens)
        parser = qasm3Parser(stream)
        parser.removeErrorListeners()
        parser.addErrorListener(listener)
        return _tree(parser, progress), version


def _tree(parser: Any, progress: Progress) -> ast.Program:
    """Statement by statement, since the parser's own trees are large."""
    visitor = _Visitor()  # type: ignore[no-untyped-call]
    statements: list[ast.Statement | ast.Pragma] = []
    stream = parser.getTokenStream()
    try:
        with visitor._push_context(None):
            if stream.LA(1) == qasm3Lexer.OPENQASM:
                parser.version()
            while stream.LA(1) != Token.EOF:
                progress.at(1, stream.LT(1).start)
                statements.append(visitor.visit(parser.statementOrScope()))
    except QasmError:
        raise
    except QASM3ParsingError as error:
        line, column, reason = re.fullmatch(r"L(\d+):C(\d+): (.*)", str(error), re.DOTALL).groups()  # type: ignore[union-attr]
        raise QasmError(reason, int(line), int(column) + 1) from None
    except RecursionError:
        raise QasmError(f"the program is nested too deeply; {limits.NESTING} levels are the limit") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What the grammar takes and the tree's builder does not, such as "".
        raise visitor.fault(f"this statement is malformed ({error})") from None
    return ast.Program(statements)


class _Visitor(QASMNodeVisitor):
    """Remembers where it is, for what the builder trips over."""

    start: Any = None

    def visitStatement(self, ctx: Any) -> Any:
        self.start = ctx.start
        return super().visitStatement(ctx)

    def fault(self, reason: str) -> QasmError:
        return _at(self.start, reason) if self.start else QasmError(reason)


class _Listener(ErrorListener):  # type: ignore[misc]
    """Raises at the first fault; the package's own listener prints, and its errors say nothing."""

    def syntaxError(self, recognizer: Any, symbol: Any, line: int, column: int, msg: str, e: Any) -> None:
        if symbol is None:
            shown = re.sub(r"token recognition error at: '(.*)'", r"\1", msg, flags=re.DOTALL)
            reason = f"{shown[:20]!r} is no symbol of OpenQASM"
        elif symbol.text == "<EOF>":
            reason = "the text ends in the middle of a statement"
        else:
            reason = f"{symbol.text[:20]!r} is not expected here"
            if wanted := re.search(r"expecting ('[^{}]*')$", msg):
                reason += f"; {wanted.group(1)} is"
        raise QasmError(reason, line, column + 1)


class _Stream(CommonTokenStream):  # type: ignore[misc]
    """Tells how far it is filled."""

    progress: Progress

    def fetch(self, n: int) -> int:
        count: int = super().fetch(n)
        self.progress.at(0, self.tokens[-1].start)
        return count


def _version(tokens: list[Any]) -> int:
    """3 where nothing is said, unless the program includes what belongs to version 2."""
    for token in tokens:
        if token.type == qasm3Lexer.VersionSpecifier:
            if token.text.split(".")[0] not in ("2", "3"):
                raise _at(token, f"this is OpenQASM {token.text}; versions 2 and 3 are read")
            return int(token.text[0])
        if token.type == qasm3Lexer.StringLiteral and token.text[1:-1] == "qelib1.inc":
            return 2
    return 3


def _translate(tokens: list[Any]) -> None:
    """Gives symbols the meaning that they have in version 2: ^ is a power, and words of version 3 are names."""
    for token in tokens:
        if token.text == "^":
            token.type, token.text = qasm3Lexer.DOUBLE_ASTERISK, "**"
        elif token.text in _NAMES_IN_2:
            token.type = qasm3Lexer.Identifier


def _scan(tokens: list[Any]) -> None:
    """Refuses what the parser would choke on."""
    depth, chain, previous = 0, 0, ";"
    for token in tokens:
        text = token.text
        if text in _OPEN:
            depth += 1
            if depth > limits.NESTING:
                raise _at(token, f"brackets are nested more than {limits.NESTING} deep; that is the limit")
        elif text in _CLOSE:
            depth -= 1
        elif text in _OPERATORS:
            chain += 1
            if chain > limits.OPERATORS:
                raise _at(
                    token, f"an expression has more than {limits.OPERATORS} operators; that is the limit"
                )
        if text == "opaque" and previous in (";", "}"):
            raise _at(token, "opaque declares a gate without saying what it does; define it with gate")
        if text in _SEPARATORS or text in ("{", "}"):
            chain = 0
        if token.channel == 0:
            previous = text


def _at(token: Any, reason: str) -> QasmError:
    return QasmError(reason, token.line, token.column + 1)
