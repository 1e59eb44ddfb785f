@NullMarked
package io.walrus.node.store;

import org.jspecify.annotations.NullMarked;
