# python.py - a small shop in dicts, lists and JSON, and a graph walked through
import collections
import heapq
import json

items = [
    {"id": n, "name": "item-%d" % n, "tags": ["t%d" % (n % k) for k in (2, 5)],
     "price": n * 37 % 1000 / 10}
    for n in range(80)
]
text = json.dumps({"items": items}, indent=1)
shop = json.loads(text)["items"]

by_tag = collections.defaultdict(list)
for item in shop:
    for tag in item["tags"]:
        by_tag[tag].append((item["price"], item["name"]))
cheapest = {tag: heapq.nsmallest(3, rows) for tag, rows in by_tag.items()}


class Node:
    def __init__(self, name):
        self.name = name
        self.edges = {}


nodes = [Node("n%d" % i) for i in range(100)]
for i, node in enumerate(nodes):
    for step in (1, 7, 31):
        node.edges[(i * step + step) % len(nodes)] = step


def walk(start):
    best = {start: 0}
    queue = [(0, start)]
    while queue:
        cost, at = heapq.heappop(queue)
        for to, step in nodes[at].edges.items():
            if cost + step < best.get(to, 1 << 60):
                best[to] = cost + step
                heapq.heappush(queue, (cost + step, to))
    return best


lengths = sorted(walk(0).values())
words = " ".join(item["name"].upper() for item in shop).split("-")
print(len(text), len(cheapest), lengths[-1], len(words))
