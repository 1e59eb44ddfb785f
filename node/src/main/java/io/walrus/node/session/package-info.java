/// A client connection as the node sees it: requests under way, replies in their order.
@NullMarked
package io.walrus.node.session;

import org.jspecify.annotations.NullMarked;
