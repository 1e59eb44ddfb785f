/// The systems that benchmarks start, Walrus and its peers: their processes, their folders, and their own clients.
@NullMarked
package io.walrus.benchmarks.server;

import org.jspecify.annotations.NullMarked;
