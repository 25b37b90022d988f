# stdlib.py - parse modules of the library that came with this Python into
# syntax trees, keep some, and print them again
import ast
import json.decoder
import os

directory = os.path.dirname(os.__file__)
kept = []
for name in sorted(os.listdir(directory)):
    if not name.endswith('.py') or name[0] in '_t':
        continue
    with open(os.path.join(directory, name), encoding='utf-8') as source:
        tree = ast.parse(source.read())
    if len(name) % 3 == 0:
        kept.append(tree)
    if len(kept) > 12:
        kept.pop(0)
print(sum(len(ast.unparse(tree)) for tree in kept[-3:]), len(json.decoder.__doc__))
