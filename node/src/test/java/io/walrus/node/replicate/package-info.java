@NullMarked
package io.walrus.node.replicate;

import org.jspecify.annotations.NullMarked;
