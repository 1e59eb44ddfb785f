/// What the node asks of the world outside: replicated metadata and the disk's slower half.
@NullMarked
package io.walrus.node.port;

import org.jspecify.annotations.NullMarked;
