@NullMarked
package io.walrus.node.lease;

import org.jspecify.annotations.NullMarked;
