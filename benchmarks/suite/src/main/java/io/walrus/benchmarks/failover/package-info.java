/// How long clients wait when nodes of a cluster die or are restarted.
@NullMarked
package io.walrus.benchmarks.failover;

import org.jspecify.annotations.NullMarked;
