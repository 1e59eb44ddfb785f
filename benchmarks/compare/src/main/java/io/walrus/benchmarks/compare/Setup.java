package io.walrus.benchmarks.compare;

/// How many nodes a system has, each of which keeps a copy of everything.
enum Setup {
    ONE_NODE("one node", 1),
    THREE_NODES("three nodes, three copies", 3);

    private final String title;
    private final int nodes;

    Setup(String title, int nodes) {
        this.title = title;
        this.nodes = nodes;
    }

    String title() {
        return title;
    }

    int nodes() {
        return nodes;
    }
}
