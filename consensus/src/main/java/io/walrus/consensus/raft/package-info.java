/// The metadata's group on this node, with Apache Ratis: its state machine, snapshots and folder, the settings of
/// Ratis, and proposals on the way into its log.
@NullMarked
package io.walrus.consensus.raft;

import org.jspecify.annotations.NullMarked;
