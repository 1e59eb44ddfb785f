/// The nodes of Walrus that benchmarks start, their topics, and the folders of all servers.
@NullMarked
package io.walrus.benchmarks.server;

import org.jspecify.annotations.NullMarked;
