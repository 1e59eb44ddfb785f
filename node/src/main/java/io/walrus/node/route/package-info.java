/// Which topic a request means, and what this node knows and does about that topic.
@NullMarked
package io.walrus.node.route;

import org.jspecify.annotations.NullMarked;
