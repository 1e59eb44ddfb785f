/// The way of a node into its cluster (founding, joining, coming back), and its place in it: the replicated metadata
/// and the other nodes as this one reaches them.
@NullMarked
package io.walrus.server.cluster;

import org.jspecify.annotations.NullMarked;
