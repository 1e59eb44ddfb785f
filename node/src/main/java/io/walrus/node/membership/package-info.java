/// Liveness and leases: heartbeats with the metadata's leader, the nodes that are alive, the lease without which this
/// node leads nothing.
@NullMarked
package io.walrus.node.membership;

import org.jspecify.annotations.NullMarked;
