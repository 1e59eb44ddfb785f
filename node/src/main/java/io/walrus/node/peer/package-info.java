/// The other nodes: one channel to each, and the messages on it.
@NullMarked
package io.walrus.node.peer;

import org.jspecify.annotations.NullMarked;
