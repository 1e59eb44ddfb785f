@NullMarked
package io.walrus.node.peer;

import org.jspecify.annotations.NullMarked;
