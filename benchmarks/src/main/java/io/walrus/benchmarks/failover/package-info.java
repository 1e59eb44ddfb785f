/// How long clients wait when nodes of a cluster die or are restarted.
@org.jspecify.annotations.NullMarked
package io.walrus.benchmarks.failover;
