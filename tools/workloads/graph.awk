# graph.awk - makes the graph that dot lays out
BEGIN {
    print "digraph g {\n  rankdir=LR; node [shape=box, fontsize=9];"
    for (i = 0; i < 60; i++) {
        printf "  n%d [label=\"node %d\\nof %d\"];\n", i, i, i % 7
        if (i) printf "  n%d -> n%d [label=\"%d\", color=blue];\n", int(i / 2), i, i
        if (i % 5 == 0) printf "  n%d -> n%d [style=dashed];\n", i, (i * 13 + 5) % 60
    }
    for (c = 0; c < 4; c++) {
        printf "  subgraph cluster_%d { label=\"part %d\";", c, c
        for (i = 0; i < 5; i++) printf " n%d;", 40 + c * 5 + i
        print " }"
    }
    print "}"
}
