/// Ports onto the world outside: replicated metadata, channels to other nodes, background reads, the lock.
@NullMarked
package io.walrus.node.port;

import org.jspecify.annotations.NullMarked;
