/// The cluster's metadata as a pure state machine: [ClusterState#apply] takes a [Command] and answers the next state, a
/// [Result] and the changes. No clock, no I/O, no threads; the same commands give the same state on every node.
@NullMarked
package io.walrus.metadata;

import org.jspecify.annotations.NullMarked;
