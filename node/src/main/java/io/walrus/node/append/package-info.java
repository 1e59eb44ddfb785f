/// The way of a PUT into the log.
@NullMarked
package io.walrus.node.append;

import org.jspecify.annotations.NullMarked;
