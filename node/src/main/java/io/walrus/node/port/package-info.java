/// Ports onto the world outside: replicated metadata, background reads, the lock.
@NullMarked
package io.walrus.node.port;

import org.jspecify.annotations.NullMarked;
