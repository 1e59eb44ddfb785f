@NullMarked
package io.walrus.node.membership;

import org.jspecify.annotations.NullMarked;
