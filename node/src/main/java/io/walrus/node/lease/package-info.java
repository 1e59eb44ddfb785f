/// Who may lead: the lease of this node, and which nodes are alive.
@NullMarked
package io.walrus.node.lease;

import org.jspecify.annotations.NullMarked;
