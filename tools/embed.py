#!/usr/bin/env python3
"""Writes an assembly file that holds files as bytes, and the table that names them.

embed.py OUT.S OUT.cpp ROOT=FILE...   each FILE is known inside by its path below its ROOT;
                                      ROOT=@LIST stands for the files that LIST names by line
"""
import pathlib
import sys


def main() -> None:
    assembly, table, *pairs = sys.argv[1:]
    files = []
    for pair in pairs:
        root, _, path = pair.partition("=")
        named = [path]
        if path.startswith("@"):
            named = pathlib.Path(path[1:]).read_text().splitlines()
        files += [(pathlib.Path(one).relative_to(root).as_posix(), pathlib.Path(one))
                  for one in named]
    files.sort()

    lines = ['.section .note.GNU-stack,"",@progbits', ".section .rodata"]
    for i, (_, path) in enumerate(files):
        lines += [f".global embedded_{i}", ".balign 16", f"embedded_{i}:",
                  f'.incbin "{path.resolve()}"', ".byte 0"]
    pathlib.Path(assembly).write_text("\n".join(lines) + "\n")

    out = ['#include "base/embedded.h"', "", 'extern "C" {']
    out += [f"extern const char embedded_{i}[];" for i in range(len(files))]
    out += ["}", "", "namespace alongside {", "",
            "const std::vector<EmbeddedFile>& embedded_files() {",
            "    static const std::vector<EmbeddedFile> all{"]
    out += [f'        {{"{name}", {{embedded_{i}, {path.stat().st_size}}}}},'
            for i, (name, path) in enumerate(files)]
    out += ["    };", "    return all;", "}", "", "}  // namespace alongside", ""]
    pathlib.Path(table).write_text("\n".join(out))


main()
