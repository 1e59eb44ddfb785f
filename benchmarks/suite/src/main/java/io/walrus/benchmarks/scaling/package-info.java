/// How the cost of a node grows with its topics, nodes, connections and entries, and with what it has stored.
@NullMarked
package io.walrus.benchmarks.scaling;

import org.jspecify.annotations.NullMarked;
