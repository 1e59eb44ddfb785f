/// The benchmarks that start servers, Walrus and its peers: their processes, the load program, their own clients, and
/// the benchmarks of one node and of several.
@NullMarked
package io.walrus.benchmarks.server;

import org.jspecify.annotations.NullMarked;
