"""How long functions are: from the first line of the signature to the last brace or statement."""

import ast
import re

# What looks like code and is none: comments, strings and characters, lines of the preprocessor. Their ends of lines stay.
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*',
                     re.DOTALL | re.MULTILINE)


def functions_of_cpp(text):
    """(name, first line, lines) of each function that is in no other; a lambda counts to what it is in."""
    code = NO_CODE.sub(lambda found: "0" + "\n" * found[0].count("\n") if found[0][0] in "R\"'" else "\n" * found[0].count("\n"), text)
    found = []
    at = header = 0  # where the declaration begins that a brace may belong to
    while (at := _next(code, at)) < len(code):
        if code[at] != "{":
            at += 1
            header = at
            continue
        words = code[header:at]
        end = _closing(code, at)
        if re.search(r"\bnamespace\b[\w\s:]*$", words) or (
                re.search(r"\b(class|struct|union|enum)\b", re.sub(r"<[^<>]*>|\([^()]*\)", "", words)) and "=" not in words
                and not words.rstrip().endswith(")")):
            at += 1
            header = at
        elif "(" not in words or words.rstrip().endswith("=") or _is_member(words, code[end:end + 200]):
            at = end  # numbers in braces: the declaration goes on
        else:
            first = header + len(words) - len(words.lstrip())
            name = re.search(r"([~\w]+(?:::[~\w]+)*|operator\S+|operator\(\))\s*\(", words)
            found.append((name[1] if name else words.strip(), code.count("\n", 0, first) + 1, code.count("\n", first, end) + 1))
            at = header = end
    return found


def _next(code, at):
    places = [code.find(mark, at) for mark in "{};"]
    return min((place for place in places if place >= 0), default=len(code))


def _closing(code, at):
    """Behind the brace that closes the one at `at`."""
    depth = 0
    for found in re.finditer(r"[{}]", code[at:]):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return at + found.end()
    return len(code)


def _is_member(words, behind):
    """Whether a brace is that of a member in a constructor's list, such as a_{1}, and not that of its body."""
    return bool(re.search(r"[)\w]\s*:[^:]", words) and re.search(r"[\w>]\s*$", words) and re.match(r"\s*[,{]", behind))


def functions_of_python(text):
    return [(node.name, node.lineno, node.end_lineno - node.lineno + 1) for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef)]
