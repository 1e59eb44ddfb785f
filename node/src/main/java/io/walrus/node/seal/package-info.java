/// Fence and seal: ends an open segment from any node, with its leader or without.
@NullMarked
package io.walrus.node.seal;

import org.jspecify.annotations.NullMarked;
