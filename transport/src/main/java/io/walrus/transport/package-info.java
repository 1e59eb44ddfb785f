/// Channels between nodes: they carry the entries from a leader to its followers, forwarded requests, answers and signs
/// of life. This package holds the contracts, which the node, its simulation and the network code share; it has no
/// dependency. [io.walrus.transport.tcp] implements them over TCP.
@NullMarked
package io.walrus.transport;

import org.jspecify.annotations.NullMarked;
