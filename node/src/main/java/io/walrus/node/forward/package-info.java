/// Requests on their way to the node that leads their topic, and those that have come from other nodes.
@NullMarked
package io.walrus.node.forward;

import org.jspecify.annotations.NullMarked;
