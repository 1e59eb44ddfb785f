/// The other nodes: one channel to each, the messages on it, and their bytes.
@NullMarked
package io.walrus.node.peer;

import org.jspecify.annotations.NullMarked;
