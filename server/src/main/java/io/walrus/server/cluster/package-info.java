/// The way of a node into its cluster: its identity, founding, joining, and the replicated metadata as the node sees
/// it.
@NullMarked
package io.walrus.server.cluster;

import org.jspecify.annotations.NullMarked;
